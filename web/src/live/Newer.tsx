import { useEffect, useState } from 'react';

import { useMoment } from '../moment/moment';
import { follow } from './follow';

/** Counts commits that the page does not show yet. Rows never move under the reader: the reader asks for them. */
export function Newer() {
  const moment = useMoment();
  const [newest, setNewest] = useState(moment.head);
  useEffect(() => {
    setNewest(moment.head);
    return follow(moment.head, setNewest);
  }, [moment.head]);
  const count = Number(newest) - Number(moment.head);
  if (count <= 0) return null;
  return (
    <p className="newer" role="status">
      {count.toLocaleString()} newer {count === 1 ? 'commit' : 'commits'}{' '}
      <button type="button" onClick={moment.refresh}>
        show
      </button>
    </p>
  );
}
