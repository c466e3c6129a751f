import { kindWords } from '../../parts/words/kind';
import type { Asked } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Turns } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { VersionLink } from '../../parts/links/VersionLink';
import { briefAttributes } from '../../parts/values/brief';
import { Changed } from '../../parts/values/Changed';
import { SAID } from '../../parts/words/said';
import { Block } from '../../states/Block';
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
            <Turns
              back={{ name: 'Previous', go: from === 0 ? undefined : () => go(Math.max(0, from - MOST)) }}
              on={{ name: 'Next', go: hasMore ? () => go(from + MOST) : undefined }}
            />
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
      <td>{by === null ? briefAttributes(version.attributes) : <Changed before={version.attributes} after={by.attributes} searchIn={item} />}</td>
      <td>{reason}</td>
    </tr>
  );
}
