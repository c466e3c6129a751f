import type { Lineage } from '../rows';
import { CARD, GAP, type Placed, type Point, placedFrom } from './geometry';
import type { LayoutTask, Layers } from './layered';

/** How long the layout may take before the cards are put into columns. */
const DEADLINE = 2_000;

/** Lays a lineage out in a worker; in columns if that fails or takes too long. */
export async function layOut(lineage: Lineage, signal: AbortSignal): Promise<Placed> {
  const at = new Map(lineage.rows.map((row, index) => [row.key, index]));
  // Two edges of different roles are one link, and loops are none: d3-dag needs neither.
  const pairs = new Map(
    lineage.edges.filter(({ source, derived }) => source !== derived).map((edge) => [`${edge.source} ${edge.derived}`, edge]),
  );
  const links = [...pairs.values()].map(({ source, derived }): [number, number] => [at.get(source) ?? 0, at.get(derived) ?? 0]);
  const layers = await inWorker({ count: lineage.rows.length, links }, signal);
  if (layers === undefined) return columns(lineage);
  const crossings = new Map([...pairs.keys()].map((pair, index) => [pair, layers.crossings[index] ?? []]));
  return placedFrom(
    lineage,
    layers.centres,
    new Map(lineage.edges.map((edge) => [edge.id, crossings.get(`${edge.source} ${edge.derived}`) ?? []])),
    true,
  );
}

function inWorker(task: LayoutTask, signal: AbortSignal): Promise<Layers | undefined> {
  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve) => {
    const end = (layers?: Layers) => {
      clearTimeout(timer);
      worker.terminate();
      resolve(layers);
    };
    const timer = setTimeout(end, DEADLINE);
    worker.addEventListener('message', ({ data }: MessageEvent<Layers>) => end(data));
    worker.addEventListener('error', () => end());
    signal.addEventListener('abort', () => end());
    worker.postMessage(task);
  });
}

/** Puts the cards into columns by their number of steps from the start, sources left. */
export function columns(lineage: Lineage): Placed {
  const columnOf = lineage.rows.map(({ side, depth }) => (side === 'up' ? -depth : depth));
  const sizes = new Map<number, number>();
  for (const column of columnOf) sizes.set(column, (sizes.get(column) ?? 0) + 1);
  const next = new Map<number, number>();
  const centres = columnOf.map((column): Point => {
    const row = next.get(column) ?? 0;
    next.set(column, row + 1);
    return [column * (CARD.width + GAP.layer), (row - ((sizes.get(column) ?? 1) - 1) / 2) * (CARD.height + GAP.card)];
  });
  return placedFrom(lineage, centres, new Map(), false);
}
