import { Link } from 'wouter';

import { useAsOf } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { Statements } from '../../parts/Statements';
import { VersionLink } from '../../parts/links/VersionLink';
import { Thumbnail } from '../../picture/Thumbnail';
import { address, reference } from '../../url/reference';
import { type Change, type Pin, causeOf, contentChanged, pictureOf } from './changes';
import type { Changed, List } from './question';

interface ChangesProps extends Changed {
  changes: Change[];
  list: List;
  pageInfo: { hasNextPage: boolean; endCursor: string | null } | undefined;
}

/** What changed, each with the statement that caused it. */
export function Changes({ changes, list, pageInfo, params, change }: ChangesProps) {
  const hasPictures = changes.some((row) => pictureOf(row) !== undefined);
  return (
    <>
      <Rows label="Table of changes" columns={['before', 'after', ...(hasPictures ? ['picture'] : []), 'difference', 'why']}>
        {changes.map((row) => (
          <tr key={`${row.before?.version.hash} ${row.after?.version.hash} ${row.before?.split} ${row.after?.split}`}>
            <td>
              <End pin={row.before} />
            </td>
            <td>
              <End pin={row.after} />
            </td>
            {hasPictures && (
              <td>
                <Picture change={row} />
              </td>
            )}
            <td>
              <What change={row} />
            </td>
            <td>
              <Why change={row} />
            </td>
          </tr>
        ))}
      </Rows>
      {pageInfo && <Pager pageInfo={pageInfo} after={params.after} go={(after) => change({ list, after })} />}
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

function Picture({ change }: { change: Change }) {
  const source = pictureOf(change);
  return source === undefined ? <span className="quiet">–</span> : <Thumbnail source={source} side={40} />;
}

function What({ change }: { change: Change }) {
  const asOf = useAsOf();
  const { before, after } = change;
  const isSet = after?.version.item.kind === 'TRAINING_SET' && before?.version.hash !== after.version.hash;
  return (
    <>
      {contentChanged(change).map((words) => (
        <div key={words} className="name value">
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
  return <Statements of={statements} />;
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
