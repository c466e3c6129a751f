import { Link } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { escapeValue, pageOf } from '../../url/reference';
import { FirstSeenDocument } from './queries/firstSeen.gen';

/** Says why there is nothing: it is not known at all, or not yet at this moment. */
export function NotYet({ named }: { named: string }) {
  const { seq, head, isNow } = useMoment();
  const asked = useAnswer(FirstSeenDocument, { seq: head, ref: named }, isNow);
  const version = asked.data?.at.named;
  const first = version?.item.history.nodes[0]?.seq;
  if (version === undefined || version === null || first === undefined) {
    return (
      <p className="none">
        There is no <span className="name">{named}</span> as of seq {seq}.
      </p>
    );
  }
  const isItem = Number(first) > Number(seq);
  return (
    <p className="none">
      {isItem ? 'It' : 'This version of it'} does not exist yet as of seq {seq}.{' '}
      <Link href={`/item?ref=${escapeValue(named)}&asOf=${isItem ? first : version.seq}`}>
        It is of seq {isItem ? first : version.seq} →
      </Link>
      {!isItem && (
        <>
          {' '}
          <Link href={pageOf(version, seq)}>Other versions as of seq {seq} →</Link>
        </>
      )}
    </p>
  );
}
