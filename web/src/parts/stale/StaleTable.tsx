import type { ReactNode } from 'react';

import { kindWords } from '../words/kind';
import { clock } from '../../moment/moment';
import { Thumbnail } from '../../picture/Thumbnail';
import { pictureOf } from '../../picture/source';
import type { Table } from '../../take/table';
import { reference } from '../../url/reference';
import { briefAttributes } from '../values/brief';
import { Changed } from '../values/Changed';
import { CommitLink } from '../links/CommitLink';
import { VersionLink } from '../links/VersionLink';
import type { StaleRowFragment } from './query.gen';

/** A version that is wrong or was made from something wrong, what it is now, and who said so. */
export type Stale = Pick<StaleRowFragment, 'status' | 'pinned' | 'wrong' | 'statement'> & { replacement: Pick<NonNullable<StaleRowFragment['replacement']>, 'number' | 'attributes'> | null };

interface StaleTableProps {
  rows: Stale[];
  /** What a row is about (default `member`). */
  what?: string;
  label: string;
  /** Says how the statement of a row relates to what the page is about, such as "before it was made". */
  when?(statement: { commit: { seq: string; time: string } }): ReactNode;
}

/** Members that are wrong or were made from something wrong, what they are now, and who said so. */
export function StaleTable({ rows, what = 'member', label, when }: StaleTableProps) {
  const hasPictures = rows.some(({ pinned }) => pictureOf(pinned) !== undefined);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {hasPictures && <th scope="col">picture</th>}
            <th scope="col">{what}</th>
            <th scope="col">was → now</th>
            <th scope="col">state</th>
            <th scope="col">reason</th>
            <th scope="col">said</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.pinned.hash} ${row.wrong.hash}`}>
              {hasPictures && (
                <td>
                  <Picture of={row.pinned} />
                </td>
              )}
              <th scope="row">
                <VersionLink of={row.pinned} />
                {row.wrong.hash !== row.pinned.hash && (
                  <div className="quiet">
                    made from the {kindWords(row.wrong.item.kind)} <VersionLink of={row.wrong} />, which is wrong
                  </div>
                )}
              </th>
              <td>
                <WasNow row={row} />
              </td>
              <td>
                <State row={row} />
              </td>
              <td>{row.statement?.reason}</td>
              <td>
                {row.statement !== null && (
                  <>
                    <CommitLink seq={row.statement.commit.seq}>seq {row.statement.commit.seq}</CommitLink> by {row.statement.author}
                    <div className="quiet">{when?.(row.statement) ?? clock(row.statement.commit.time)}</div>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Picture({ of }: { of: Stale['pinned'] }) {
  const picture = pictureOf(of);
  return picture === undefined ? <span className="quiet">–</span> : <Thumbnail source={picture} side={56} />;
}

/** The attributes in which the member's current version differs. */
function WasNow({ row: { pinned, wrong, replacement } }: { row: Stale }) {
  if (replacement === null) {
    return wrong.hash === pinned.hash ? briefAttributes(pinned.attributes) : <span className="quiet">not made again since</span>;
  }
  const to = <VersionLink of={{ item: pinned.item, number: replacement.number }} />;
  return <Changed before={pinned.attributes} after={replacement.attributes} rest={to} />;
}

function State({ row }: { row: Stale }) {
  switch (row.status) {
    case 'RESTORED':
      return <span className="mark fixed">right again</span>;
    case 'RETRACTED':
      return <span className="mark wrong">retracted</span>;
    case 'ONTOLOGY_STALE':
      return <span className="mark stale">class changed</span>;
    case 'STALE':
      return <span className="mark wrong">{row.statement?.kind === 'RETRACTS' ? 'retracted' : 'corrected'}</span>;
  }
}

/** The rows as they are taken away. */
export function staleCsv(rows: StaleRowFragment[]): Table {
  return {
    columns: ['pinned', 'wrong', 'inclusion', 'status', 'replacement', 'was', 'now', 'statement', 'reason', 'author', 'seq', 'time'],
    rows: rows.map(({ pinned, wrong, inclusion, status, replacement, statement }) => [
      reference(pinned),
      reference(wrong),
      inclusion,
      status,
      replacement === null ? null : reference({ item: pinned.item, number: replacement.number }),
      JSON.stringify(pinned.attributes),
      replacement === null ? null : JSON.stringify(replacement.attributes),
      statement?.kind ?? null,
      statement?.reason ?? null,
      statement?.author ?? null,
      statement?.commit.seq ?? null,
      statement?.commit.time ?? null,
    ]),
  };
}
