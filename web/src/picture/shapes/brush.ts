import type { Size } from './mark';
import type { Intervals } from './outline';

/** The largest stroke that is drawn, in pixels: its values are read one by one where they differ. */
const MOST_PIXELS = 2 ** 26;

/**
 * Unpacks a brush stroke of Label Studio: the packing of `@thi.ng/rle-pack` over the four channels of each pixel, row
 * by row. A pixel is set if its last channel is not zero. Returns `null` for other data.
 */
export function unpack(packed: number[], { width, height }: Size): Intervals | null {
  if (!packed.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)) return null;
  const bits = new Bits(packed);
  const values = bits.read(32);
  const pixels = width * height;
  if (!Number.isInteger(pixels) || pixels === 0 || pixels > MOST_PIXELS || values !== pixels * 4) return null;
  const word = bits.read(5) + 1;
  const lengths = [0, 0, 0, 0].map(() => bits.read(4) + 1);
  const lines: [number, number][][] = Array.from({ length: height }, () => []);
  for (let at = 0; at < values; ) {
    const isRun = bits.read(1) === 1;
    const end = Math.min(values, at + bits.read(lengths[bits.read(2)] ?? 0) + 1);
    while (at < end) {
      const isSet = bits.read(word) !== 0;
      const until = isRun ? end : at + 1;
      // The last of the four channels of each pixel counts.
      if (isSet) set(lines, Math.floor(at / 4), Math.floor(until / 4), width);
      at = until;
    }
    if (bits.isOver) return null;
  }
  return { areColumns: false, lines };
}

function set(lines: [number, number][][], from: number, end: number, width: number): void {
  for (let at = from; at < end; ) {
    const line = Math.floor(at / width);
    const until = Math.min(end, (line + 1) * width);
    const intervals = lines[line];
    const last = intervals?.at(-1);
    if (last !== undefined && last[1] === at - line * width) last[1] = until - line * width;
    else intervals?.push([at - line * width, until - line * width]);
    at = until;
  }
}

/** Reads bits, the highest first. */
class Bits {
  private at = 0;

  constructor(private readonly bytes: number[]) {}

  /** True if more was read than there is. */
  get isOver(): boolean {
    return this.at > this.bytes.length * 8;
  }

  read(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1, this.at += 1) {
      value = value * 2 + (((this.bytes[this.at >> 3] ?? 0) >> (7 - (this.at & 7))) & 1);
    }
    return value;
  }
}
