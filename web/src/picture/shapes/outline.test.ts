import { describe, expect, it } from 'vitest';

import { outline } from './outline';
import { split } from './runLengths';

/** Returns the pixels within a path, by the rule of SVG: a pixel is inside if it is surrounded an odd number of times. */
function filled(path: string, width: number, height: number): string {
  const loops = path
    .split('Z')
    .filter((loop) => loop !== '')
    .map((loop) => loop.slice(1).split('L').map((point) => point.split(' ').map(Number)));
  const isInside = (x: number, y: number) =>
    loops.flatMap((loop) => loop.map((point, place) => [point, loop[(place + 1) % loop.length] ?? []] as const)).filter(([[ax = 0, ay = 0], [bx = 0, by = 0]]) => ax === bx && ax > x && Math.min(ay, by) < y && Math.max(ay, by) > y).length % 2 === 1;
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => (isInside(x + 0.5, y + 0.5) ? '#' : '.')).join('')).join('\n');
}

describe('outline', () => {
  it('is one rectangle for a rectangle, without points on its sides', () => {
    const lines = split([5, 2, 2, 2, 5], 4, 4);
    expect(outline({ areColumns: true, lines: lines ?? [] })?.match(/[ML]/g)).toHaveLength(4);
    expect(outline({ areColumns: true, lines: [[], []] })).toBe('');
  });

  it('surrounds exactly the pixels of random masks, by columns and by rows', () => {
    let seed = 7;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 200; round += 1) {
      const [width, height, share] = [1 + Math.floor(random() * 9), 1 + Math.floor(random() * 9), random()];
      const pixels = Array.from({ length: height }, () => Array.from({ length: width }, () => random() < share));
      const wanted = pixels.map((row) => row.map((isSet) => (isSet ? '#' : '.')).join('')).join('\n');
      const intervals = (line: boolean[]) => {
        const found: [number, number][] = [];
        line.forEach((isSet, at) => {
          const last = found.at(-1);
          if (isSet && last?.[1] === at) last[1] += 1;
          else if (isSet) found.push([at, at + 1]);
        });
        return found;
      };
      const columns = Array.from({ length: width }, (_, x) => pixels.map((row) => row[x] ?? false));
      for (const mask of [
        { areColumns: false, lines: pixels.map(intervals) },
        { areColumns: true, lines: columns.map(intervals) },
      ]) {
        expect(filled(outline(mask) ?? '', width, height)).toBe(wanted);
      }
    }
  });
});
