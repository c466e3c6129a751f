import { useMoment } from '../../moment/moment';
import { useParams } from '../../url/params';
import { Content } from './Content';
import { Facets } from './Facets';
import { Filters } from './Filters';
import { Found } from './Found';
import { ORDER, SEARCH, digestOf, searchFilter } from './question';

/** Search: which items have this? */
export function Page() {
  const { seq } = useMoment();
  const [params, change] = useParams(SEARCH);
  const { q, sort, after } = params;
  const filter = searchFilter(params);
  const digest = digestOf(q);
  const go = (next: string | undefined) => change({ after: next });
  return (
    <>
      <h1>{q === '' ? 'Which items are there?' : <>Which items match “{q}”?</>}</h1>
      <Filters params={params} change={(changes) => change({ ...changes, after: undefined })} />
      {filter === null ? (
        <p role="alert" data-state="failed">
          Expected conditions such as <code>class:in:3,5</code>, <code>score:atLeast:0.5</code> or <code>seen:exists</code>, with <code>;</code> between
          them, found <code>{params.attr}</code>.
        </p>
      ) : digest !== undefined ? (
        <Content variables={{ seq, digest, after: after ?? null }} go={go} />
      ) : (
        <>
          <Facets variables={{ seq, filter }} narrow={(to) => change({ ...to, after: undefined })} />
          <Found variables={{ seq, filter, order: ORDER[sort].order, after: after ?? null }} go={go} />
        </>
      )}
    </>
  );
}
