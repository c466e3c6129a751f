import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';

import { useAnswer } from '../api/useAnswer';
import { Waiting } from '../states/Waiting';
import { Failure } from '../states/Failure';
import { useParams } from '../url/params';
import { useMarksWanted } from './marks/useMarks';
import { MOMENT, type Moment, MomentContext } from './moment';
import { HeadDocument } from './query.gen';

/** Resolves "now" once, so that all questions of a page have one moment. */
export function MomentProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [{ asOf }, change] = useParams(MOMENT);
  const wanted = useMarksWanted();
  const [first] = useState({ wanted, asOf });
  const moment = { seq: first.asOf ?? '0', isPast: first.asOf !== undefined };
  const rich = useAnswer(HeadDocument, { ...moment, ...first.wanted });
  // A reference that cannot be read has no marks, and the page says why.
  const isWithout = rich.failed !== undefined && rich.failed.code !== '' && !rich.failed.isRefused && !rich.failed.isTemporary;
  const plain = useAnswer(HeadDocument, { ...moment, ref: '', isOfItem: false, isOfStatements: false }, !isWithout);
  const asked = isWithout ? plain : rich;
  const found = asked.data;

  const shown = useMemo<Moment | null>(() => {
    if (found === undefined) return null;
    const { view, commit, ...marks } = found;
    return {
      seq: asOf ?? view.seq,
      head: view.seq,
      headTime: view.time,
      isNow: asOf === undefined,
      first: { wanted: first.wanted, found: marks, commit: commit ?? undefined },
      go: (seq) => change({ asOf: seq }),
      refresh: () => void client.refetchQueries({ queryKey: [HeadDocument.toString()] }),
    };
  }, [found, first, asOf, change, client]);

  if (shown === null) {
    return asked.failed ? <Failure failed={asked.failed} retry={asked.retry} /> : <Waiting cancel={asked.cancel} />;
  }
  return <MomentContext value={shown}>{children}</MomentContext>;
}
