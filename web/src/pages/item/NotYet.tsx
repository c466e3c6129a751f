import { Link } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { escapeValue } from '../../url/reference';
import { FirstSeenDocument } from './query.gen';

/** Says why there is no item: it is not known at all, or not yet at this moment. */
export function NotYet({ item }: { item: string }) {
  const { seq, head, isNow } = useMoment();
  const asked = useAnswer(FirstSeenDocument, { seq: head, item }, isNow);
  const first = asked.data?.at.item?.history.nodes[0]?.seq;
  if (first === undefined) return <p className="none">There is no such item as of seq {seq}.</p>;
  return (
    <p className="none">
      It does not exist yet as of seq {seq}. <Link href={`/item?ref=${escapeValue(item)}&asOf=${first}`}>Its first version is of seq {first} →</Link>
    </p>
  );
}
