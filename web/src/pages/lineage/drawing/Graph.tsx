import { useEffect, useState } from 'react';

import { useMoment } from '../../../moment/moment';
import { save } from '../../../take/commands';
import { Drawing, type DrawingProps } from './Drawing';
import type { Placed } from './geometry';
import { layOut } from './layout';
import { svgOf } from './svg';

/** Lays the lineage out and draws it. */
export function Graph(props: Omit<DrawingProps, 'placed' | 'save'> & { title: string }) {
  const { lineage, title } = props;
  const { seq } = useMoment();
  const [laidOut, setLaidOut] = useState<{ lineage: typeof lineage; placed: Placed }>();
  useEffect(() => {
    const abort = new AbortController();
    void layOut(lineage, abort.signal).then((placed) => {
      if (!abort.signal.aborted) setLaidOut({ lineage, placed });
    });
    return () => abort.abort();
  }, [lineage]);

  if (laidOut === undefined || laidOut.lineage !== lineage) {
    return (
      <p className="waiting" data-state="asking" aria-busy="true">
        Laying out {lineage.rows.length.toLocaleString()} cards.
      </p>
    );
  }
  const { placed } = laidOut;
  return (
    <>
      <Drawing
        {...props}
        placed={placed}
        save={() => save('lineage.svg', 'image/svg+xml', svgOf(lineage, placed, title, `As of seq ${seq}. ${location.href}`))}
      />
      {!placed.isLayered && (
        <p className="extent">The layout failed or took longer than 2 s, so the cards are in columns by their number of steps from the start.</p>
      )}
    </>
  );
}
