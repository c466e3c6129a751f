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
  // What a tag named and when is a question about the tag.
  const isAbsent = failed?.reason === 'NOT_FOUND' && !moment.isNow && !of.includes('@');
  const found = useAnswer(AbsentDocument, { seq: moment.head, ref: of }, !isAbsent);
  const version = found.data?.at.version;
  // Without a number, a reference names the newest version: what is absent is the item.
  const since = of.includes('#') ? version : version?.item.history.nodes[0];
  if (!isAbsent || since === undefined || since === null) return children;
  return (
    <p className="none" data-state="none" role="status">
      <span className="name">{of}</span> does not exist yet as of seq {moment.seq}. It exists since{' '}
      <button type="button" onClick={() => moment.go(since.seq)}>
        seq {since.seq} · {clock(since.committedAt)}
      </button>
    </p>
  );
}
