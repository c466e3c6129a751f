import { coordGreedy, coordSimplex, decrossTwoLayer, graph, sugiyama, twolayerAgg } from 'd3-dag';

import { CARD, GAP, type Point } from './geometry';

/** A graph without the names of its nodes. */
export interface LayoutTask {
  count: number;
  /** Pairs of a source and what was derived from it, without loops. */
  links: [number, number][];
}

export interface Layers {
  centres: Point[];
  /** The points at which each link crosses the layers between its ends. */
  crossings: Point[][];
}

/** Above this number of nodes, the best order and placement could miss the deadline. */
const MOST_EXACT = 150;

/** Lays a graph out in layers, sources left. This is the only part that needs d3-dag; it runs in a worker. */
export function layered({ count, links }: LayoutTask): Layers {
  const drawing = graph<number, number>();
  const nodes = Array.from({ length: count }, (_, at) => drawing.node(at));
  links.forEach(([source, derived], at) => {
    const [from, to] = [nodes[source], nodes[derived]];
    if (from !== undefined && to !== undefined) drawing.link(from, to, at);
  });
  // d3-dag puts layers below each other: the axes are exchanged here.
  const layout = sugiyama().nodeSize([CARD.height, CARD.width]).gap([GAP.card, GAP.layer]);
  if (count > MOST_EXACT) layout.decross(decrossTwoLayer().order(twolayerAgg()).passes(4)).coord(coordGreedy())(drawing);
  else layout.coord(coordSimplex())(drawing);
  const crossings: Point[][] = links.map(() => []);
  for (const link of drawing.links()) {
    crossings[link.data] = link.points.slice(1, -1).map(([x, y]): Point => [y, x]);
  }
  return { centres: nodes.map((node): Point => [node.y, node.x]), crossings };
}
