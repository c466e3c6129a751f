import type { Named } from '../../url/reference';
import type { Lineage } from './rows';

interface OnPath extends Named {
  hash: string;
}

/** The keys of the rows and the ids of the edges on a path. */
export interface Highlight {
  keys: Set<string>;
  edges: Set<string>;
}

export const NO_HIGHLIGHT: Highlight = { keys: new Set(), edges: new Set() };

/** Returns the rows and edges on any of these paths, each from the upstream end to the downstream end. */
export function highlightOf(paths: OnPath[][], lineage: Lineage): Highlight {
  return ofChains(
    paths.flatMap((path) => chainOf(path, lineage) ?? []),
    lineage,
  );
}

/**
 * Finds the rows of a path: a version that is no node of its own is in a group of its kind and namespace that has an
 * edge from the row before. Undefined if the answer does not contain the path.
 */
function chainOf(path: OnPath[], lineage: Lineage): [string[]] | undefined {
  const extend = (chain: string[], rest: OnPath[]): string[] | undefined => {
    const [next, ...others] = rest;
    if (next === undefined) return chain;
    const before = chain.at(-1);
    for (const key of rowsFor(next, lineage)) {
      const isJoined = before === undefined || before === key || lineage.edges.some((edge) => edge.source === before && edge.derived === key);
      const found = isJoined ? extend([...chain, key], others) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const chain = extend([], path);
  return chain && [chain];
}

function rowsFor({ hash, item }: OnPath, { rows, byKey }: Lineage): string[] {
  if (byKey.has(hash)) return [hash];
  return rows
    .filter((row) => row.named === undefined && row.kind === item.kind && row.namespace === item.namespace)
    .map((row) => row.key);
}

/** Returns the rows and edges on one shortest path from the start to a row, within the answer. */
export function shortestTo(key: string, lineage: Lineage): Highlight {
  const row = lineage.byKey.get(key);
  if (row === undefined || row.side === 'start') return { keys: new Set([key]), edges: new Set() };
  const isUp = row.side === 'up';
  const before = new Map<string, string>();
  const queue = lineage.rows.filter(({ side }) => side === 'start').map((start) => start.key);
  const seen = new Set(queue);
  for (const here of queue) {
    for (const edge of lineage.edges) {
      const [from, to] = isUp ? [edge.derived, edge.source] : [edge.source, edge.derived];
      if (from !== here || seen.has(to)) continue;
      seen.add(to);
      before.set(to, here);
      queue.push(to);
    }
  }
  const chain = [key];
  for (let at = before.get(key); at !== undefined; at = before.get(at)) chain.push(at);
  return ofChains([isUp ? chain : chain.toReversed()], lineage);
}

function ofChains(chains: string[][], { edges }: Lineage): Highlight {
  const pairs = new Set(chains.flatMap((chain) => chain.slice(1).map((key, at) => `${chain[at]} ${key}`)));
  return {
    keys: new Set(chains.flat()),
    edges: new Set(edges.filter(({ source, derived }) => pairs.has(`${source} ${derived}`)).map(({ id }) => id)),
  };
}
