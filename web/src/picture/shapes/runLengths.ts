import type { Intervals } from './outline';
import { fieldsOf, numbersOf, type Size } from './mark';

/** The largest mask that is drawn, in pixels. */
const MOST_PIXELS = 2 ** 28;

/**
 * Reads a mask of COCO: run lengths column by column, beginning with zeros, as a list or compressed. Returns `null` if
 * it is no mask.
 */
export function readMask(value: unknown): { size: Size; intervals: Intervals } | null {
  const mask = fieldsOf(value);
  const [height, width, ...more] = numbersOf(mask?.size) ?? [];
  if (mask === undefined || !isSide(height) || !isSide(width) || more.length > 0 || height * width > MOST_PIXELS) return null;
  const counts = typeof mask.counts === 'string' ? decompressed(mask.counts) : numbersOf(mask.counts);
  if (counts === undefined || counts === null) return null;
  const intervals = split(counts, height, width);
  return intervals && { size: { width, height }, intervals: { areColumns: true, lines: intervals } };
}

function isSide(side: number | undefined): side is number {
  return side !== undefined && Number.isInteger(side) && side > 0;
}

/**
 * Splits runs of unset and set pixels, in turn, into lines of one length. Returns `null` if the runs are not those of
 * all lines.
 */
export function split(counts: number[], length: number, lines: number): [number, number][][] | null {
  const found: [number, number][][] = Array.from({ length: lines }, () => []);
  let at = 0;
  for (const [number, run] of counts.entries()) {
    const end = at + run;
    if (!Number.isInteger(run) || run < 0 || end > length * lines) return null;
    while (number % 2 === 1 && at < end) {
      const line = Math.floor(at / length);
      const until = Math.min(end, (line + 1) * length);
      const intervals = found[line];
      const [start, stop] = [at - line * length, until - line * length];
      const last = intervals?.at(-1);
      // A run of nothing between two set runs does not part them.
      if (last?.[1] === start) last[1] = stop;
      else intervals?.push([start, stop]);
      at = until;
    }
    at = end;
  }
  return at === length * lines ? found : null;
}

/**
 * Decodes the compressed run lengths of pycocotools: groups of five bits, lowest first, each in one character from `0`
 * on; from the fourth on, a count is the difference to the one two before. Returns `null` for other texts.
 */
export function decompressed(text: string): number[] | null {
  const counts: number[] = [];
  for (let place = 0; place < text.length; ) {
    let [count, scale, bits] = [0, 1, 32];
    while ((bits & 32) !== 0) {
      bits = text.charCodeAt(place) - 48;
      if (!(bits >= 0 && bits < 64) || scale > 2 ** 45) return null;
      count += (bits & 31) * scale;
      scale *= 32;
      place += 1;
    }
    if ((bits & 16) !== 0) count -= scale;
    counts.push(counts.length > 2 ? count + (counts.at(-2) ?? 0) : count);
  }
  return counts.every((count) => count >= 0) ? counts : null;
}
