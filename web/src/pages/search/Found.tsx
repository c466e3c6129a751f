import { kindWords } from '../../parts/words/kind';
import { useAnswer } from '../../api/useAnswer';
import { clock } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { SearchLink } from '../../parts/links/SearchLink';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { brief } from '../../parts/values/brief';
import { Block, type Extent } from '../../states/Block';
import { reference } from '../../url/reference';
import { SearchDocument, type SearchQuery, type SearchQueryVariables } from './query.gen';

type List = SearchQuery['at']['items'];
type Item = List['nodes'][number];

interface FoundProps {
  variables: SearchQueryVariables & { seq: string };
  go(after: string | undefined): void;
}

/** The items that match, by their current versions. */
export function Found({ variables, go }: FoundProps) {
  const answer = useAnswer(SearchDocument, variables);
  const { seq } = variables;
  return (
    <Block
      title="Items"
      asked={answer}
      none={({ at }) =>
        at.items.nodes.length === 0 && at.items.info.complete ? <p className="none">Nothing matches all of this, as of seq {seq}.</p> : undefined
      }
      extent={({ at }) => extentOfItems(at.items, seq)}
      page={({ at }) => at.items}
      table={({ at }) => ({
        columns: ['item', 'version', 'wrong', 'committedAt', 'author', 'attributes', 'tags'],
        rows: at.items.nodes.map((item) => [
          reference({ item }),
          item.head.number,
          item.head.wrong,
          item.head.committedAt,
          item.head.author,
          JSON.stringify(item.head.attributes),
          item.head.tags.map(({ name }) => name).join(' '),
        ]),
      })}
    >
      {({ at }) => (
        <>
          <Rows label="Items found" columns={['item', 'kind', 'current version', 'attributes', 'changed', 'author', 'tags']}>
            {at.items.nodes.map((item) => (
              <ItemRow key={item.hash} item={item} />
            ))}
          </Rows>
          <Pager pageInfo={at.items.pageInfo} info={at.items.info} after={variables.after ?? undefined} go={go} />
        </>
      )}
    </Block>
  );
}

/** Says how many match; above a million candidates the server counts no further. */
function extentOfItems({ nodes, totalCount, totalCountIsExact, info }: List, seq: string): Extent {
  const total = totalCountIsExact ? totalCount.toLocaleString() : `at least ${totalCount.toLocaleString()} (not counted further)`;
  const count = `${nodes.length.toLocaleString()} of ${total}`;
  return info.complete
    ? { isWhole: true, words: `${count} · seq ${seq}` }
    : { isWhole: false, words: `${count} so far: one request looks at no more than a million items; search on · seq ${seq}` };
}

function ItemRow({ item }: { item: Item }) {
  const { head } = item;
  return (
    <tr>
      <th scope="row">
        <VersionLink of={{ item }} />
      </th>
      <td className="quiet">{kindWords(item.kind)}</td>
      <td>
        #{head.number} {head.wrong && <span className="mark wrong">WRONG</span>}{' '}
        {head.memberCount !== null && <span className="quiet">{head.memberCount.toLocaleString()} members</span>}
      </td>
      <td>
        <Attributes item={item} />
      </td>
      <td>{clock(head.committedAt)}</td>
      <td>
        <SearchLink by={{ author: head.author }}>{head.author}</SearchLink>
      </td>
      <td>
        <Tags tags={head.tags} />
      </td>
    </tr>
  );
}

/** How many attributes a row shows. */
const SHOWN = 3;

/** The first attributes with simple values; each leads to the items of its kind with the same value. */
function Attributes({ item }: { item: Item }) {
  const all = Object.entries((item.head.attributes ?? {}) as Record<string, unknown>);
  const shown = all.filter(([, value]) => typeof value !== 'object').slice(0, SHOWN);
  return (
    <>
      {shown.map(([name, value], at) => (
        <span key={name}>
          {at > 0 && ' · '}
          <span className="quiet">{name}</span>{' '}
          <SearchLink by={{ path: [name], value }} ns={item.namespace} kind={item.kind}>
            {brief(value, 30)}
          </SearchLink>
        </span>
      ))}
      {all.length > shown.length && (
        <span className="quiet">
          {shown.length > 0 && ' · '}
          {all.length - shown.length} more
        </span>
      )}
      {all.length === 0 && <span className="quiet">{item.head.mediaType ?? '–'}</span>}
    </>
  );
}
