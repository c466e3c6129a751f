import { Link } from 'wouter';

import { kindWords } from '../../parts/words/kind';
import { useAsOf } from '../../moment/moment';
import { counted } from '../../parts/words/counted';
import { Turns } from '../../parts/Pager';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { address } from '../../url/reference';
import type { Changed } from './Controls';
import { labelOf } from './drawing/geometry';
import styles from './Page.module.css';
import type { Highlight } from './paths';
import { PAGE_ROWS } from './question';
import { type Edge, type Lineage, type Row, edgesOf } from './rows';

interface RowsTableProps extends Changed {
  lineage: Lineage;
  highlight: Highlight;
  isShown(row: Row): boolean;
  select(row: Row): void;
}

/** The lineage as a table: the full equivalent of the drawing. */
export function RowsTable({ lineage, params, change, highlight, isShown, select }: RowsTableProps) {
  const { page, sel, open, dir } = params;
  const shown = lineage.rows.filter(isShown);
  const pages = Math.max(Math.ceil(shown.length / PAGE_ROWS), 1);
  const at = Math.min(page, pages);
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Rows">
        <table>
          <thead>
            <tr>
              <th scope="col">version</th>
              <th scope="col">steps</th>
              <th scope="col">edges towards the start</th>
              <th scope="col">wrong</th>
              <th scope="col">tags</th>
              <th scope="col">look closer</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice((at - 1) * PAGE_ROWS, at * PAGE_ROWS).map((row) => (
              <tr key={row.key} className={highlight.keys.has(row.key) ? styles.onPath : undefined}>
                <th scope="row">
                  <Name row={row} /> {row.named !== undefined && <span className="quiet">{kindWords(row.kind)}</span>}
                </th>
                <td>{row.side === 'start' ? 'start' : `${row.depth} ${row.side}`}</td>
                <td>
                  <Edges edges={edgesOf(row, lineage)} row={row} lineage={lineage} />
                </td>
                <td>
                  {row.wrongCount > 0 && (
                    <span className="mark wrong">{row.named === undefined ? `${row.wrongCount.toLocaleString()} wrong` : 'WRONG'}</span>
                  )}
                </td>
                <td>{row.named !== undefined && <Tags tags={row.tags} />}</td>
                <td className={styles.acts}>
                  {row.side !== 'start' && (
                    <button type="button" aria-pressed={(row.named === undefined ? open : sel) === row.key} onClick={() => select(row)}>
                      {row.named === undefined ? 'list' : 'paths'}
                      <span className="hidden"> of {row.name}</span>
                    </button>
                  )}
                  {row.more && <More row={row} dir={dir} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < lineage.rows.length && (
        <p className="extent">
          {shown.length.toLocaleString()} of {counted(lineage.rows.length, 'row')} shown: the others do not match “only show” and “find”.
        </p>
      )}
      <Turns
        back={{ name: 'Nearer', go: at === 1 ? undefined : () => change({ page: at - 1 }) }}
        on={{ name: 'Farther', go: at === pages ? undefined : () => change({ page: at + 1 }) }}
      >
        <span>
          page {at} of {pages}
        </span>
      </Turns>
    </>
  );
}

function Name({ row }: { row: Row }) {
  return row.named === undefined ? row.name : <VersionLink of={row.named} />;
}

/** A row at which the answer ends: its own lineage shows what is beyond. */
function More({ row, dir }: { row: Row; dir: string }) {
  const asOf = useAsOf();
  return row.named === undefined ? (
    <span className="quiet">more beyond</span>
  ) : (
    <Link href={address('lineage', { of: row.full, dir: dir === 'up' ? undefined : dir, asOf })}>more beyond</Link>
  );
}

/** The number of edges that are written out in one cell. */
const WRITTEN = 5;

function Edges({ edges, row, lineage }: { edges: Edge[]; row: Row; lineage: Lineage }) {
  const words = (edge: Edge) => {
    const other = edge.source === row.key ? edge.derived : edge.source;
    const name = other === row.key ? 'others of them' : lineage.byKey.get(other)?.name;
    return (
      <div key={edge.id}>
        <span className="quiet">{labelOf(edge)}</span> {edge.source === row.key ? '→' : '←'} <span className="name">{name}</span>
      </div>
    );
  };
  return (
    <>
      {edges.slice(0, WRITTEN).map(words)}
      {edges.length > WRITTEN && (
        <details>
          <summary>{counted(edges.length - WRITTEN, 'more edge')}</summary>
          {edges.slice(WRITTEN).map(words)}
        </details>
      )}
    </>
  );
}
