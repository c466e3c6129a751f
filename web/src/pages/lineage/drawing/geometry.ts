import type { Way } from '../question';
import type { Edge, Lineage } from '../rows';

export type Point = readonly [x: number, y: number];

/** The size of a card. */
export const CARD = { width: 220, height: 58 };
/** The least distance between layers, in which lines and their roles are, and between the cards of a layer. */
export const GAP = { layer: 140, card: 20 };

/** A layout: where everything is, in pixels. The drawing and the saved SVG are made from these numbers. */
export interface Placed {
  /** The upper left corners of the cards by the keys of their rows. */
  cards: Map<string, Point>;
  /** The points of the lines by the ids of their edges, from the source to what was derived. */
  lines: Map<string, Point[]>;
  width: number;
  height: number;
  /** False if the layers took too long, and the cards are in columns by their number of steps. */
  isLayered: boolean;
}

/** The role that most lines into a column have, and where it is written. */
export interface Caption {
  role: string;
  at: Point;
}

/** Makes a layout from the centres of the cards and the points at which lines cross layers. */
export function placedFrom(lineage: Lineage, centres: Point[], crossings: Map<string, Point[]>, isLayered: boolean): Placed {
  const left = Math.min(...centres.map(([x]) => x));
  const top = Math.min(...centres.map(([, y]) => y));
  const moved = ([x, y]: Point): Point => [x - left + CARD.width / 2, y - top + CARD.height / 2];
  const middles = new Map(lineage.rows.map((row, at) => [row.key, moved(centres[at] ?? [0, 0])]));
  const parallel = new Map<string, number>();
  const lines = lineage.edges.map((edge): [string, Point[]] => {
    const ends = `${edge.source} ${edge.derived}`;
    const before = parallel.get(ends) ?? 0;
    parallel.set(ends, before + 1);
    return [edge.id, line(edge, middles, (crossings.get(edge.id) ?? []).map(moved), before * 12)];
  });
  return {
    cards: new Map([...middles].map(([key, [x, y]]) => [key, [x - CARD.width / 2, y - CARD.height / 2]])),
    lines: new Map(lines),
    width: Math.max(...[...middles.values()].map(([x]) => x), 0) + CARD.width / 2,
    height: Math.max(...[...middles.values()].map(([, y]) => y), 0) + CARD.height / 2,
    isLayered,
  };
}

/** Goes from the right side of the source to the left side of what was derived, and straight through each layer. */
function line(edge: Edge, middles: Map<string, Point>, crossings: Point[], down: number): Point[] {
  const [x0, y0] = middles.get(edge.source) ?? [0, 0];
  const [x1, y1] = middles.get(edge.derived) ?? [0, 0];
  const half = CARD.width / 2;
  const ahead = x1 >= x0 ? half : -half;
  return [
    [x0 + half, y0 + down],
    ...crossings.flatMap(([x, y]): Point[] => [
      [x - ahead, y + down],
      [x + ahead, y + down],
    ]),
    [x1 - half, y1 + down],
  ];
}

/** Writes a line as an SVG path, with the head of an arrow at its end. */
export function pathOf(points: Point[]): string {
  const [first = [0, 0], ...rest] = points;
  let path = `M${round(first[0])},${round(first[1])}`;
  let [x, y] = first;
  for (const [nextX, nextY] of rest) {
    const bend = Math.max(Math.abs(nextX - x) / 2, nextX < x ? 60 : 0);
    path += nextY === y && nextX > x ? `H${round(nextX)}` : `C${round(x + bend)},${round(y)} ${round(nextX - bend)},${round(nextY)} ${round(nextX)},${round(nextY)}`;
    [x, y] = [nextX, nextY];
  }
  return `${path}M${round(x - 7)},${round(y - 4)}L${round(x)},${round(y)}L${round(x - 7)},${round(y + 4)}`;
}

/** Returns the middle of the last part of a line, where its role is written. */
export function labelPoint(points: Point[]): Point {
  const [x0, y0] = points.at(-2) ?? [0, 0];
  const [x1, y1] = points.at(-1) ?? [0, 0];
  return [(x0 + x1) / 2, (y0 + y1) / 2];
}

/** The text of a line. */
export function labelOf({ role, count }: Edge): string {
  return count === 1 ? role : `${role} ×${count.toLocaleString()}`;
}

/** Returns the captions of the columns by their x. A line gets a label of its own only if its role is another. */
export function captionsOf({ edges }: Lineage, { cards, lines }: Placed): Map<number, Caption> {
  const columns = new Map<number, Edge[]>();
  for (const edge of edges) {
    const x = columnOf(edge, cards);
    columns.set(x, [...(columns.get(x) ?? []), edge]);
  }
  return new Map(
    [...columns].map(([x, column]) => {
      const top = Math.min(...column.map((edge) => labelPoint(lines.get(edge.id) ?? [])[1]));
      return [x, { role: mostFrequent(column.map(({ role }) => role)), at: [x - GAP.layer / 2, top - 24] }];
    }),
  );
}

/** Returns the most frequent of some words; of equally frequent ones the first. */
function mostFrequent(words: string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), ['', 0])[0];
}

/** Returns the x of the column into which a line leads. */
export function columnOf(edge: Edge, cards: Placed['cards']): number {
  return Math.round(cards.get(edge.derived)?.[0] ?? 0);
}

interface View {
  x: number;
  y: number;
  zoom: number;
}

/** Shows everything if it can be read, and otherwise the start with the side to which the question goes. */
export function firstView(placed: Placed, start: Point, way: Way, box: { width: number; height: number }): View {
  const margin = 48;
  const fit = Math.min(box.width / (placed.width + margin), box.height / (placed.height + margin), 1);
  if (fit >= 0.75) {
    return { zoom: fit, x: (box.width - placed.width * fit) / 2, y: (box.height - placed.height * fit) / 2 };
  }
  const rest = Math.max(box.width - CARD.width, 0);
  const share = { up: 0.9, down: 0.1, both: 0.5 }[way];
  return { zoom: 1, x: rest * share - start[0], y: (box.height - CARD.height) / 2 - start[1] };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
