import { kindWords } from '../../parts/words/kind';
import type { Table } from '../../take/table';
import { type Named, reference, shortName } from '../../url/reference';
import type { LineageQuery } from './query.gen';

export type Answer = NonNullable<LineageQuery['at']['lineageGraph']>;

/** A version or a group of versions: a row of the table and a card of the drawing. */
export interface Row {
  key: string;
  /** The version; undefined for a group. */
  named: Named | undefined;
  /** What people call it: a short reference, or `10,000 labels of mnist`. */
  name: string;
  /** What scripts call it: a reference, or the key of a group. */
  full: string;
  kind: string | null;
  namespace: string | null;
  /** The number of versions. */
  count: number;
  wrongCount: number;
  isHead: boolean;
  tags: { name: string }[];
  /** The number of edges from the start. */
  depth: number;
  side: 'start' | 'up' | 'down';
  /** True if there is more beyond that the answer does not contain. */
  more: boolean;
}

/** An edge of the table and a line of the drawing. */
export interface Edge {
  /** Unique in the answer: two ends have at most one edge of a role. */
  id: string;
  source: string;
  derived: string;
  role: string;
  count: number;
}

/** What the table and the drawing show. Both are made from this, so that they cannot disagree. */
export interface Lineage {
  rows: Row[];
  edges: Edge[];
  byKey: Map<string, Row>;
}

/** Reads an answer, nearest rows first. */
export function lineageOf(answer: Answer): Lineage {
  const edges = answer.edges.map((edge) => ({ ...edge, id: `${edge.source} ${edge.role} ${edge.derived}` }));
  const starts = answer.nodes.filter((node) => node.start).map((node) => node.key);
  const upstream = closure(starts, edges);
  const side = (key: string): Row['side'] => (starts.includes(key) ? 'start' : upstream.has(key) ? 'up' : 'down');
  const nodes = answer.nodes.map(
    ({ key, depth, more, version }): Row => ({
      key,
      named: version,
      name: shortName(version),
      full: reference(version),
      kind: version.item.kind,
      namespace: version.item.namespace,
      count: 1,
      wrongCount: version.wrong ? 1 : 0,
      isHead: version.isHead,
      tags: version.tags,
      depth,
      side: side(key),
      more,
    }),
  );
  const groups = answer.groups.map(
    ({ key, depth, kind, namespace, count, wrongCount, more }): Row => ({
      key,
      named: undefined,
      name: `${count.toLocaleString()} ${kindWords(kind, count)}${namespace === null ? '' : ` of ${namespace}`}`,
      full: key,
      kind,
      namespace,
      count,
      wrongCount,
      isHead: false,
      tags: [],
      depth,
      side: side(key),
      more,
    }),
  );
  const rows = [...nodes, ...groups].sort((a, b) => a.depth - b.depth);
  return { rows, edges, byKey: new Map(rows.map((row) => [row.key, row])) };
}

/** Returns everything upstream of the starts, and these. */
function closure(starts: string[], edges: Edge[]): Set<string> {
  const found = new Set(starts);
  // A set is iterated in the order of insertion, so what is added is visited too.
  for (const key of found) {
    for (const edge of edges) if (edge.derived === key) found.add(edge.source);
  }
  return found;
}

/** Returns the edges that lead from a row towards the start. Each edge of the answer belongs to one row. */
export function edgesOf(row: Row, { edges, byKey }: Lineage): Edge[] {
  return edges.filter((edge) => (byKey.get(edge.source)?.side === 'up' ? edge.source : edge.derived) === row.key);
}

/** The rows as a person takes them away. */
export function rowsTable(rows: Row[], lineage: Lineage): Table {
  return {
    columns: ['version', 'kind', 'count', 'steps', 'side', 'edges', 'wrongCount', 'tags', 'more'],
    rows: rows.map((row) => [
      row.named === undefined ? row.name : row.full,
      row.kind,
      row.count,
      row.depth,
      row.side,
      edgesOf(row, lineage)
        .map((edge) => `${lineage.byKey.get(edge.source)?.name} -${edge.role}-> ${lineage.byKey.get(edge.derived)?.name}`)
        .join('; '),
      row.wrongCount,
      row.tags.map(({ name }) => name).join(' '),
      row.more,
    ]),
  };
}

/** The edges as a person takes them away. */
export function edgesTable({ edges, byKey }: Lineage): Table {
  const end = (key: string) => byKey.get(key)?.full ?? key;
  const words = (key: string) => byKey.get(key)?.name ?? key;
  return {
    columns: ['source', 'role', 'derived', 'count', 'sourceName', 'derivedName'],
    rows: edges.map(({ source, role, derived, count }) => [end(source), role, end(derived), count, words(source), words(derived)]),
  };
}
