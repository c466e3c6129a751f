import { describe, expect, it } from 'vitest';

import { decompressed, readMask, split } from './runLengths';

describe('decompressed', () => {
  it('decodes what pycocotools writes', () => {
    // A rectangle of 4 rows and 3 columns at (3, 2) in 9 x 10 pixels.
    expect(decompressed('d045000[1')).toEqual([20, 4, 5, 4, 5, 4, 48]);
    // Two of them in 200 x 100, the first at the corner.
    expect(decompressed('0f4f>m0oA0Tab0')).toEqual([0, 150, 470, 179, 21, 179, 19_001]);
    expect(decompressed('')).toEqual([]);
  });

  it('refuses other texts', () => {
    for (const text of [' ', '\xff', 'oooooooooooooo', 'P', '@']) expect(decompressed(text), text).toBeNull();
  });
});

describe('split', () => {
  it('splits runs into lines, and joins them over empty runs', () => {
    expect(split([1, 3, 2], 3, 2)).toEqual([[[1, 3]], [[0, 1]]]);
    expect(split([0, 1, 0, 1, 4], 3, 2)).toEqual([[[0, 2]], []]);
  });

  it('refuses runs of another size', () => {
    for (const counts of [[5], [7], [1, -1, 6], [0.5, 5.5], []]) expect(split(counts, 3, 2)).toBeNull();
  });
});

describe('readMask', () => {
  it('reads a list and a text', () => {
    const mask = readMask({ size: [9, 10], counts: 'd045000[1' });
    expect(mask).toEqual(readMask({ size: [9, 10], counts: [20, 4, 5, 4, 5, 4, 48] }));
    expect(mask?.size).toEqual({ width: 10, height: 9 });
    expect(mask?.intervals.lines[2]).toEqual([[2, 6]]);
  });

  it('refuses what is no mask', () => {
    for (const value of [null, [], {}, { size: [9], counts: [9] }, { size: [0, 3], counts: [] }, { size: [1, 1], counts: ['1'] }, { size: [1e6, 1e6], counts: [1e12] }]) {
      expect(readMask(value), JSON.stringify(value)).toBeNull();
    }
  });
});
