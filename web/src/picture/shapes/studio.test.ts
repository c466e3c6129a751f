import { describe, expect, it } from 'vitest';

import { unpack } from './brush';
import { readRegions } from './studio';

const SIZE = { width: 200, height: 100 };

describe('readRegions', () => {
  it('draws shapes in per cent, with the labels of their region', () => {
    const box = { x: 10, y: 10, width: 50, height: 20, rotation: 0 };
    const { marks, notDrawn } = readRegions(
      [
        { id: 'a', type: 'rectangle', value: box },
        { id: 'a', type: 'labels', value: { ...box, labels: ['wren'] } },
        { id: 'a', type: 'choices', value: { ...box, choices: ['hidden'] } },
        { id: 'b', type: 'polygonlabels', value: { points: [[0, 0], [10, 0], [0, 10]], polygonlabels: ['beak'] } },
        { id: 'e', type: 'ellipselabels', value: { x: 50, y: 50, radiusX: 5, radiusY: 10, ellipselabels: ['eye'] } },
        { id: 'k', type: 'keypointlabels', value: { x: 50, y: 50, width: 1, keypointlabels: ['tip'] } },
        { id: 'v', type: 'vector', value: { closed: false, vertices: [{ x: 0, y: 0 }, { x: 50, y: 100 }] } },
        { id: 'c', type: 'choices', value: { choices: ['sunny'] } },
        { type: 'relation', from_id: 'a', to_id: 'b' },
      ],
      SIZE,
    );
    expect(notDrawn).toEqual([]);
    expect(marks.map(({ words }) => words)).toEqual(['wren: box', 'beak: polygon of 3 points', 'eye: ellipse', 'tip: point', 'line of 2 points']);
    expect(marks.map(({ path }) => path)).toEqual([
      'M20 10L120 10L120 30L20 30Z',
      'M0 0L20 0L0 10Z',
      'M90 50A10 10 0 0 1 110 50A10 10 0 0 1 90 50Z',
      '',
      'M0 0L100 100',
    ]);
    expect(marks[3]?.points).toEqual([{ x: 100, y: 50, isHidden: false }]);
  });

  it('turns a rectangle about its upper left corner', () => {
    const value = { x: 50, y: 50, width: 10, height: 10, rotation: 90 };
    expect(readRegions([{ type: 'rectanglelabels', value }], SIZE).marks[0]).toEqual({
      path: 'M100 50L100 70L90 70L90 50Z',
      isArea: true,
      words: 'box turned by 90°',
    });
  });

  it('says what it does not draw', () => {
    const { marks, notDrawn } = readRegions(
      [
        { id: 'a', type: 'hologram', value: { hologram: [1] } },
        { id: 'b', type: 'bitmask', value: { imageDataURL: 'data:', bitmasklabels: ['x'] } },
        { id: 'c', type: 'rectanglelabels', item_index: 1, value: { x: 1, y: 1, width: 1, height: 1, rectanglelabels: ['y'] } },
        { id: 'd', type: 'vector', value: { vertices: [{ x: 0, y: 0 }, { x: 1, y: 1, isBezier: true }] } },
        { id: 'e', type: 'brushlabels', value: { format: 'rle', rle: [0, 0, 0, 1], brushlabels: ['z'] } },
        { id: 'f', type: 'rectangle', value: { x: 1, y: 1, width: '1', height: 1 } },
      ],
      SIZE,
    );
    expect(marks).toEqual([]);
    expect(notDrawn).toEqual([
      'hologram: not known here',
      'bitmask (x): not known here',
      'rectanglelabels (y): of another image of the task',
      'vector: curves are not drawn',
      'brushlabels (z): expected the run lengths of a picture of this size',
      'rectangle: expected x, y, width and height',
    ]);
  });
});

/** Packs pixels as `encode_rle` of the Label Studio SDK does: runs of equal values, and values that differ. */
function pack(pixels: number[]): number[] {
  const values = pixels.flatMap((value) => [value, value, value, value]);
  const bits: number[] = [];
  const write = (value: number, count: number) => {
    for (let bit = count - 1; bit >= 0; bit -= 1) bits.push(Math.floor(value / 2 ** bit) % 2);
  };
  write(values.length, 32);
  write(7, 5);
  [3, 4, 8, 16].forEach((length) => write(length - 1, 4));
  for (let at = 0; at < values.length; ) {
    let end = at;
    while (end < values.length && values[end] === values[at]) end += 1;
    const isRun = end - at !== 4;
    const length = isRun ? end - at : 4;
    write(isRun ? 1 : 0, 1);
    write(2, 2);
    write(length - 1, 8);
    for (let value = 0; value < (isRun ? 1 : length); value += 1) write(values[at] ?? 0, 8);
    at += length;
  }
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, place) => parseInt(bits.slice(place * 8, place * 8 + 8).join('').padEnd(8, '0'), 2));
}

describe('unpack', () => {
  it('reads runs and single values, row by row', () => {
    const pixels = [0, 255, 255, 0, 255, 255, 255, 0];
    expect(unpack(pack(pixels), { width: 4, height: 2 })).toEqual({ areColumns: false, lines: [[[1, 3]], [[0, 3]]] });
  });

  it('refuses data of another size, and data that end early', () => {
    const packed = pack([0, 255, 255, 0, 255, 255, 255, 0]);
    expect(unpack(packed, { width: 4, height: 3 })).toBeNull();
    expect(unpack(packed.slice(0, 12), { width: 4, height: 2 })).toBeNull();
    expect(unpack([256], { width: 1, height: 1 })).toBeNull();
    expect(unpack([], { width: 1, height: 1 })).toBeNull();
  });
});
