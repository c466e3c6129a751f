import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Block } from '../../states/Block';
import { useParams, optional, text } from '../../url/params';
import { History } from './History';
import { ItemDocument } from './query.gen';

/** The state of the page. A reference to a version shows its item. */
const ITEM = { ref: text(), before: optional };

/** Item: what happened to this one, who said so, and what contains it? */
export function Page() {
  const { seq } = useMoment();
  const [{ ref, before }, change] = useParams(ITEM);
  const item = ref.replace(/[#@].*$/, '');
  const answer = useAnswer(ItemDocument, { seq, item, before: before ?? null }, item === '');
  return (
    <>
      <h1>What happened to {item === '' ? 'an item' : <span className="name">{item}</span>}?</h1>
      <Block
        title="Versions, newest first"
        asked={answer}
        none={({ at }) => (at.item === null ? <p className="none">There is no such item as of seq {seq}.</p> : undefined)}
      >
        {({ at }) => at.item && <History item={at.item} before={before} go={(next) => change({ before: next })} />}
      </Block>
    </>
  );
}
