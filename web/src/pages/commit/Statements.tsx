import { kindWords } from '../../parts/words/kind';
import type { Asked } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Rows } from '../../parts/Rows';
import { SearchLink } from '../../parts/links/SearchLink';
import { VersionLink } from '../../parts/links/VersionLink';
import { brief, briefAttributes, differences } from '../../parts/values/brief';
import { SAID } from '../../parts/words/said';
import { Block } from '../../states/Block';
import { readPath } from '../../url/condition';
import { reference } from '../../url/reference';
import type { CommitQuery } from './query.gen';
import { MOST, type Statement, statementsOf } from './listed';

interface StatementsProps {
  asked: Asked<CommitQuery>;
  from: number;
  go(from: number): void;
}

/** What a commit said about versions, in its order. */
export function Statements({ asked, from, go }: StatementsProps) {
  const { seq } = useMoment();
  return (
    <Block
      title="What it said"
      asked={asked}
      none={({ at }) =>
        statementsOf(at.statements).shown.length === 0 ? (
          <p className="none">{from === 0 ? 'It said nothing about a version.' : 'It has no more statements.'}</p>
        ) : undefined
      }
      extent={({ at }) => {
        const { shown, hasMore } = statementsOf(at.statements);
        const words = `Statements ${(from + 1).toLocaleString()} to ${(from + shown.length).toLocaleString()}`;
        return { isWhole: true, words: `${words}${hasMore ? '; there are more' : ': there are no more'} · seq ${seq}` };
      }}
      table={({ at }) => ({
        columns: ['kind', 'version', 'attributes', 'replacement', 'replacementAttributes', 'reason', 'author'],
        rows: statementsOf(at.statements).shown.map(({ kind, version, by, reason, author }) => [
          kind,
          reference(version),
          JSON.stringify(version.attributes),
          by && reference({ item: version.item, number: by.number }),
          by && JSON.stringify(by.attributes),
          reason,
          author,
        ]),
      })}
    >
      {({ at }) => {
        const { shown, hasMore } = statementsOf(at.statements);
        return (
          <>
            <Rows label="Statements" columns={['version', 'kind', 'what was said', 'was → is', 'reason']}>
              {shown.map((statement) => (
                <StatementRow key={statement.place} statement={statement} />
              ))}
            </Rows>
            {(hasMore || from > 0) && (
              <p className="controls">
                <button type="button" disabled={from === 0} onClick={() => go(Math.max(0, from - MOST))}>
                  Previous
                </button>
                <button type="button" disabled={!hasMore} onClick={() => go(from + MOST)}>
                  Next
                </button>
              </p>
            )}
          </>
        );
      }}
    </Block>
  );
}

function StatementRow({ statement }: { statement: Statement }) {
  const { version, by, kind, reason } = statement;
  const { item } = version;
  return (
    <tr>
      <th scope="row">
        <VersionLink of={version} />
      </th>
      <td className="quiet">{kindWords(item.kind)}</td>
      <td>
        {SAID[kind]}
        {by !== null && (
          <>
            {' '}
            by <VersionLink of={{ item, number: by.number }} />
          </>
        )}
      </td>
      <td>{by === null ? briefAttributes(version.attributes) : <Change item={item} before={version.attributes} after={by.attributes} />}</td>
      <td>{reason}</td>
    </tr>
  );
}

/** The attributes in which the replacement differs; each new value leads to the items that have it too. */
function Change({ item, before, after }: { item: Statement['version']['item']; before: unknown; after: unknown }) {
  const changed = differences(before, after);
  if (changed.length === 0) return <>other content, with the same attributes</>;
  return (
    <>
      {changed.slice(0, 3).map(({ path, a, b }) => (
        <div key={path}>
          <span className="quiet">{path}</span> {brief(a, 40)} →{' '}
          <SearchLink by={{ path: readPath(path), value: b }} ns={item.namespace} kind={item.kind}>
            {brief(b, 40)}
          </SearchLink>
        </div>
      ))}
      {changed.length > 3 && <span className="quiet">and {changed.length - 3} more</span>}
    </>
  );
}
