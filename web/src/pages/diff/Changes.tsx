import { Link } from 'wouter';

import { useAsOf } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { VersionLink } from '../../parts/VersionLink';
import { address, reference } from '../../url/reference';
import { type Change, type Pin, contentChanged, causeOf, cut } from './changes';
import type { Changed, List } from './question';

interface ChangesProps extends Changed {
  changes: Change[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null } | undefined;
}

const VERBS: Record<string, string> = { CORRECTS: 'Corrected', RETRACTS: 'Retracted', REINSTATES: 'Reinstated', PURGES: 'Purged' };

/** What changed, each with the statement that caused it. */
export function Changes({ changes, pageInfo, params, change }: ChangesProps) {
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Table of changes">
        <table>
          <thead>
            <tr>
              <th scope="col">before</th>
              <th scope="col">after</th>
              <th scope="col">difference</th>
              <th scope="col">why</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((row) => (
              <tr key={`${row.before?.version.hash} ${row.after?.version.hash} ${row.before?.split} ${row.after?.split}`}>
                <td>
                  <End pin={row.before} />
                </td>
                <td>
                  <End pin={row.after} />
                </td>
                <td>
                  <What change={row} />
                </td>
                <td>
                  <Why change={row} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pageInfo && <Pager pageInfo={pageInfo} after={params.after} go={(after) => change({ after })} />}
    </>
  );
}

function End({ pin }: { pin: Pin | undefined }) {
  if (pin === undefined) return <span className="quiet">–</span>;
  return (
    <>
      <VersionLink of={pin.version} /> {pin.split !== undefined && <span className="quiet">{pin.split}</span>}{' '}
      {pin.version.wrong && <span className="mark wrong">WRONG</span>}
    </>
  );
}

function What({ change }: { change: Change }) {
  const asOf = useAsOf();
  const only = change.before === undefined ? change.after : change.after === undefined ? change.before : undefined;
  if (only !== undefined) return <span className="name">{cut(JSON.stringify(only.version.attributes), 80)}</span>;
  const { before, after } = change;
  const isSet = after?.version.item.kind === 'TRAINING_SET' && before?.version.hash !== after.version.hash;
  return (
    <>
      {contentChanged(change).map((words) => (
        <div key={words} className="name">
          {words}
        </div>
      ))}
      {isSet && before !== undefined && (
        <Link href={address('diff', { a: reference(before.version), b: reference(after.version), asOf })}>its members</Link>
      )}
    </>
  );
}

function Why({ change }: { change: Change }) {
  const { statements, otherwise } = causeOf(change);
  if (statements.length === 0) return <span className="quiet">{otherwise}</span>;
  return statements.map((statement) => (
    <div key={`${statement.commit.seq}.${statement.place}`}>
      <strong>{VERBS[statement.kind] ?? statement.kind}</strong> by {statement.author} in seq {statement.commit.seq}: “{statement.reason}”
    </div>
  ));
}

interface TabsProps {
  list: List;
  /** The number of changes in each list; lists without a number are not offered. */
  counts: Partial<Record<List, number>>;
  names: Record<List, string>;
  choose(list: List): void;
}

export function Tabs({ list, counts, names, choose }: TabsProps) {
  const offered = (Object.keys(names) as List[]).filter((one) => counts[one] !== undefined);
  return (
    <div className="tabs" role="group" aria-label="Changes">
      {offered.map((one) => (
        <button key={one} type="button" aria-pressed={one === list} onClick={() => choose(one)}>
          {names[one]} {counts[one]?.toLocaleString()}
        </button>
      ))}
    </div>
  );
}
