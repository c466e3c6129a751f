import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { clock, useMoment } from '../../moment/moment';
import { isLater } from '../../moment/seq';
import { pageOf } from '../../url/reference';
import { AbsentDocument } from './query.gen';

interface NotYetProps {
  /** The reference of something that does not exist at the moment of the page. */
  of: string;
  /** What is shown if it never existed. */
  children: ReactNode;
}

/** Says since when something exists, or that only other versions of it exist yet. */
export function NotYet({ of, children }: NotYetProps) {
  const { seq, head, isNow, go } = useMoment();
  // What a tag named and when is a question about the tag.
  const found = useAnswer(AbsentDocument, { seq: head, ref: of }, isNow || of.includes('@'));
  const version = found.data?.at.version;
  const first = version?.item.history.nodes[0];
  if (version === undefined || version === null || first === undefined) return children;
  const isItem = isLater(first.seq, seq);
  // Without a number, a reference names the newest version: what is absent is the item.
  const since = isItem && !of.includes('#') ? first : version;
  return (
    <p className="none" data-state="none" role="status">
      <span className="name">{of}</span> does not exist yet as of seq {seq}. It exists since{' '}
      <button type="button" onClick={() => go(since.seq)}>
        seq {since.seq} · {clock(since.committedAt)}
      </button>
      {!isItem && (
        <>
          {' '}
          <Link href={pageOf({ item: version.item }, seq)}>Other versions as of seq {seq}</Link>
        </>
      )}
    </p>
  );
}
