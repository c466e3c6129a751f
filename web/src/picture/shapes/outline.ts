/** The pixels of a mask: for each line of the image, the intervals `[start, end)` that are set, in their order. */
export interface Intervals {
  /** True if the lines are columns, false if they are rows. */
  areColumns: boolean;
  lines: [number, number][][];
}

/** The largest number of sides of pixels that are drawn. */
const MOST_EDGES = 400_000;

/**
 * Returns the outline of a mask as path data; `null` if it has too many sides to be drawn. An outline can be dashed,
 * and it is as sharp at every size; pixels on a canvas are neither.
 */
export function outline({ areColumns, lines }: Intervals): string | null {
  const edges = new Edges(1 + lines.reduce((most, line) => Math.max(most, line.at(-1)?.[1] ?? 0), 0));
  for (let line = 0; line <= lines.length; line += 1) {
    const [before, here] = [lines[line - 1] ?? [], lines[line] ?? []];
    // Across the lines: both ends of each interval.
    for (const [start, end] of here) {
      edges.add(line, start, line + 1, start);
      edges.add(line + 1, end, line, end);
    }
    // Along the lines: where one of two neighbours is set.
    for (const [start, end, isHere] of differences(before, here)) {
      if (isHere) edges.add(line, end, line, start);
      else edges.add(line, start, line, end);
    }
    if (edges.count > MOST_EDGES) return null;
  }
  return edges.loops((line, place) => (areColumns ? `${line} ${place}` : `${place} ${line}`));
}

/** Returns the intervals that are in one of two lists, and `true` for those of the second one. */
function differences(one: [number, number][], other: [number, number][]): [number, number, boolean][] {
  const changes = [...one.flatMap(([start, end]) => [[start, 1] as const, [end, -1] as const]), ...other.flatMap(([start, end]) => [[start, 2] as const, [end, -2] as const])];
  changes.sort(([a], [b]) => a - b);
  const found: [number, number, boolean][] = [];
  let [state, since] = [0, 0];
  for (const [place, change] of changes) {
    if (place > since && (state === 1 || state === 2)) found.push([since, place, state === 2]);
    state += change;
    since = place;
  }
  return found;
}

/** Directed sides, each with the mask on the same hand, so that they form closed loops. */
class Edges {
  count = 0;
  private readonly from = new Map<number, number[]>();

  constructor(private readonly width: number) {}

  add(line: number, place: number, toLine: number, toPlace: number): void {
    const start = line * this.width + place;
    const ends = this.from.get(start);
    if (ends === undefined) this.from.set(start, [toLine * this.width + toPlace]);
    else ends.push(toLine * this.width + toPlace);
    this.count += 1;
  }

  loops(write: (line: number, place: number) => string): string {
    const parts: string[] = [];
    for (const start of this.from.keys()) {
      while ((this.from.get(start)?.length ?? 0) > 0) {
        const corners = this.loop(start).map((point) => write(Math.floor(point / this.width), point % this.width));
        parts.push(`M${corners.join('L')}Z`);
      }
    }
    return parts.join('');
  }

  /** Follows the sides from a point back to it, and returns the corners on the way. */
  private loop(start: number): number[] {
    const corners = [start];
    for (let point = this.from.get(start)?.pop(); point !== undefined && point !== start; point = this.from.get(point)?.pop()) {
      const [before, last] = [corners.at(-2), corners.at(-1)];
      if (before !== undefined && last !== undefined && this.areInLine(before, last, point)) corners.pop();
      corners.push(point);
    }
    return corners;
  }

  private areInLine(a: number, b: number, c: number): boolean {
    const { width } = this;
    const line = (point: number) => Math.floor(point / width);
    return (line(a) === line(b) && line(b) === line(c)) || (a % width === b % width && b % width === c % width);
  }
}
