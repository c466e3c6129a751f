import type { ReactNode } from 'react';

import type { Failed } from '../../api/client';
import { useAnswer } from '../../api/useAnswer';
import { clock, useMoment } from '../../moment/moment';
import { AbsentDocument } from './query.gen';

interface AbsentProps {
  /** The reference that the page is about. */
  of: string;
  failed: Failed | undefined;
  /** What is shown otherwise. */
  children: ReactNode;
}

/** Says when something began to exist, if it was not found at an earlier moment. */
export function Absent({ of, failed, children }: AbsentProps) {
  const moment = useMoment();
  const isAbsent = failed?.reason === 'NOT_FOUND' && !moment.isNow;
  const found = useAnswer(AbsentDocument, { ref: of }, !isAbsent);
  const version = found.data?.resolve;
  if (!isAbsent || version === undefined || version === null) return children;
  return (
    <p className="none" data-state="none" role="status">
      <span className="name">{of}</span> does not exist yet as of seq {moment.seq}. It exists since{' '}
      <button type="button" onClick={() => moment.go(version.seq)}>
        seq {version.seq} · {clock(version.committedAt)}
      </button>
    </p>
  );
}
