import { lazy, Suspense } from 'react';
import { useLocation } from 'wouter';

import type { Asked } from '../../api/useAnswer';
import { useAsOf, useMoment } from '../../moment/moment';
import { counted } from '../../parts/words/counted';
import { Block, type Extent } from '../../states/Block';
import { save } from '../../take/commands';
import { type Table, csv } from '../../take/table';
import { pageOf } from '../../url/reference';
import type { Changed } from './Controls';
import { Headline, type Totals } from './Headline';
import { MOST_MERMAID, mermaidOf } from './mermaid';
import type { LineageQuery } from './query.gen';
import { FRESH, MOST_NODES, STEP_NODES, provCommand } from './question';
import { type Lineage, type Row, edgesTable, rowsTable } from './rows';
import { RowsTable } from './RowsTable';
import { useHighlight } from './side/useHighlight';

/** The drawing and its layout are loaded only by those who look at them. */
const Graph = lazy(async () => ({ default: (await import('./drawing/Graph')).Graph }));

interface AnsweredProps extends Changed {
  asked: Asked<LineageQuery>;
  lineage: Lineage | undefined;
  title: string;
  isShown(row: Row): boolean;
  find(): void;
}

/** The lineage as a table or as a drawing, both from one answer. */
export function Answered({ asked, lineage, title, params, change, isShown, find }: AnsweredProps) {
  const { seq } = useMoment();
  const asOf = useAsOf();
  const [, navigate] = useLocation();
  const { of, dir, show, sel, max } = params;
  const highlight = useHighlight(lineage, params);
  const select = (row: Row) => change({ sel: row.key, open: row.named === undefined ? row.key : undefined, after: undefined });
  const open = (row: Row) => (row.named === undefined ? select(row) : navigate(pageOf(row.named, asOf)));

  return (
    <Block
      title={show === 'table' ? 'Versions, nearest first' : 'Drawing, sources left'}
      asked={asked}
      command={provCommand(of, dir, seq)}
      none={() => (lineage?.rows.length === 1 ? <Nothing params={params} change={change} seq={seq} /> : undefined)}
      extent={({ at }) => extentOf(lineage, at.lineageGraph?.info, max, () => change({ max: Math.min(max + STEP_NODES, MOST_NODES) }), seq)}
      table={() => rowsTable(lineage?.rows.filter(isShown) ?? [], lineage ?? EMPTY)}
      forms={({ at }) => [
        ['Save the totals as CSV', () => save('totals.csv', 'text/csv', csv(totalsTable(at.lineageSummary?.groups.nodes ?? [])))],
        ['Save the edges as CSV', () => save('edges.csv', 'text/csv', csv(edgesTable(lineage ?? EMPTY)))],
        ...((lineage?.rows.length ?? 0) < MOST_MERMAID
          ? [['Save as Mermaid', () => save('lineage.mmd', 'text/plain', mermaidOf(lineage ?? EMPTY))] as const]
          : []),
      ]}
      controls={
        <div className="tabs" role="group" aria-label="Form">
          <button type="button" aria-pressed={show === 'table'} onClick={() => change({ show: 'table' })}>
            Table
          </button>
          <button type="button" aria-pressed={show === 'graph'} onClick={() => change({ show: 'graph' })}>
            Graph
          </button>
        </div>
      }
    >
      {({ at }) => (
        <>
          {at.lineageSummary && <Headline totals={at.lineageSummary} params={params} change={change} />}
          {lineage && show === 'table' && (
            <RowsTable lineage={lineage} params={params} change={change} isShown={isShown} highlight={highlight} select={select} />
          )}
          {lineage && show === 'graph' && (
            <>
              <p className="quiet">
                Every card and line is in the{' '}
                <button type="button" onClick={() => change({ show: 'table' })}>
                  same answer as a table
                </button>
              </p>
              <Suspense fallback={<Loading />}>
                <Graph
                  lineage={lineage}
                  title={title}
                  way={dir}
                  selected={sel}
                  highlight={highlight}
                  isShown={isShown}
                  select={select}
                  open={open}
                  find={find}
                />
              </Suspense>
            </>
          )}
        </>
      )}
    </Block>
  );
}

function Loading() {
  return (
    <p className="waiting" data-state="asking" aria-busy="true">
      Loading the drawing.
    </p>
  );
}

const EMPTY: Lineage = { rows: [], edges: [], byKey: new Map() };

function totalsTable(groups: Totals['groups']['nodes']): Table {
  return { columns: ['kind', 'versionCount', 'wrongCount'], rows: groups.map((group) => [group.kind, group.versionCount, group.wrongCount]) };
}

function Nothing({ params: { of, dir }, change, seq }: Changed & { seq: string }) {
  const other = dir === 'up' ? 'down' : 'up';
  return (
    <p className="none">
      {dir === 'up' ? `It is not recorded that ${of} was made from anything` : dir === 'down' ? `Nothing was made of ${of}` : `Nothing is connected with ${of}`}{' '}
      with these limits, as of seq {seq}.{' '}
      {dir !== 'both' && (
        <button type="button" onClick={() => change({ dir: other, ...FRESH })}>
          {other === 'up' ? 'What was it made from?' : 'What was made of it?'}
        </button>
      )}
    </p>
  );
}

/** Says in words how complete the answer is, and offers to continue. */
function extentOf(
  lineage: Lineage | undefined,
  info: { complete: boolean; incompleteReason: string | null } | undefined,
  max: number,
  more: () => void,
  seq: string,
): Extent {
  const count = `${counted(lineage?.rows.length ?? 0, 'row')} and ${counted(lineage?.edges.length ?? 0, 'edge')}`;
  if (info?.complete !== false) return { isWhole: true, words: `${count} · whole answer · seq ${seq}` };
  const isFull = info.incompleteReason === 'NODES' || info.incompleteReason === null;
  return {
    isWhole: false,
    words: (
      <>
        {count} · not the whole answer, because {isFull ? `at most ${max} rows were asked for` : REASONS[info.incompleteReason ?? '']}: it
        continues where a row says “more” · seq {seq}{' '}
        {isFull &&
          (max < MOST_NODES ? (
            <button type="button" onClick={more}>
              {Math.min(STEP_NODES, MOST_NODES - max)} more rows
            </button>
          ) : (
            `A page has at most ${MOST_NODES}: start from a row that says “more”, or fold earlier.`
          ))}
      </>
    ),
  };
}

const REASONS: Record<string, string> = {
  DEPTH: 'there is more beyond the number of steps',
  EDGES: 'one request may not follow more edges',
  TIME: 'the time of the request was over',
};
