import { useEffect, useState } from 'react';

import { useMoment } from '../moment/moment';
import { commitsBetween } from '../moment/seq';
import { counted } from '../parts/words/counted';

/** Counts commits that the page does not show yet. Rows never move under the reader: the reader asks for them. */
export function Newer() {
  const moment = useMoment();
  const [newest, setNewest] = useState(moment.head);
  useEffect(() => {
    setNewest(moment.head);
    let stop: (() => void) | undefined;
    let isHere = true;
    // The socket is loaded after the page: nothing on it waits for newer commits.
    void import('./follow').then(({ follow }) => {
      if (isHere) stop = follow(moment.head, setNewest);
    });
    return () => {
      isHere = false;
      stop?.();
    };
  }, [moment.head]);
  const count = commitsBetween(moment.head, newest);
  if (count === 0n) return null;
  return (
    <p className="newer" role="status">
      {counted(count, 'newer commit')}{' '}
      <button type="button" onClick={moment.refresh}>
        show
      </button>
    </p>
  );
}
