import type { Table } from '../../take/table';
import { reference } from '../../url/reference';
import { Rows } from '../Rows';
import { Tags } from '../Tags';
import { VersionLink } from '../links/VersionLink';
import { kindWords } from '../words/kind';
import type { AffectedRowFragment } from './query.gen';

/** Models, evaluations and deployments that saw something wrong: how much, in which sets, and are they fixed? */
export function Affected({ rows }: { rows: AffectedRowFragment[] }) {
  return (
    <Rows label="Rows" columns={['model', 'saw#', 'in', 'built', 'fixed in', 'tags']}>
      {rows.map((row) => (
        <Row key={row.consumer.hash} row={row} />
      ))}
    </Rows>
  );
}

function Row({ row }: { row: AffectedRowFragment }) {
  const { consumer, through, wrongCount, fixedIn, tags } = row;
  return (
    <tr>
      <th scope="row">
        <VersionLink of={consumer} /> <span className="quiet">{kindWords(consumer.item.kind)}</span>
      </th>
      <td className="number">
        {row.inclusion === 'SELF' ? <span className="mark wrong">wrong itself</span> : `${wrongCount.toLocaleString()} wrong`}
      </td>
      <td>
        {through.nodes.map((set) => (
          <div key={set.hash}>
            <VersionLink of={set} /> {set.memberCount !== null && <span className="quiet">of {set.memberCount.toLocaleString()}</span>}
          </div>
        ))}
        {through.totalCount > through.nodes.length && <span className="quiet">and {through.totalCount - through.nodes.length} more</span>}
      </td>
      <td>{row.staleAtBuild ? <span className="mark stale">with known errors</span> : 'before the fix'}</td>
      <td>
        {fixedIn === null ? <span className="mark wrong">not fixed</span> : <VersionLink of={{ item: consumer.item, number: fixedIn.number }} />}
      </td>
      <td>
        <Tags tags={tags} />
      </td>
    </tr>
  );
}

/** The rows as they are taken away. */
export function affectedTable(rows: AffectedRowFragment[]): Table {
  return {
    columns: ['consumer', 'inclusion', 'wrongCount', 'throughCount', 'through', 'staleAtBuild', 'fixedIn', 'tags'],
    rows: rows.map((row) => [
      reference(row.consumer),
      row.inclusion,
      row.wrongCount,
      row.through.totalCount,
      row.through.nodes.map(reference).join(' '),
      row.staleAtBuild,
      row.fixedIn === null ? null : reference({ ...row.consumer, number: row.fixedIn.number }),
      row.tags.map(({ name }) => name).join(' '),
    ]),
  };
}
