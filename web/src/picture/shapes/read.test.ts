import { describe, expect, it } from 'vitest';

import { fitOf, hasShape, readLabel, recordedSize } from './read';

const SIZE = { width: 200, height: 100 };

describe('readLabel', () => {
  it('draws the fields that stemma stores', () => {
    const { marks, notDrawn } = readLabel(
      {
        class: 'wren',
        bbox: [1, 2, 30, 40],
        segmentation: [[1, 2, 31, 2, 31, 42]],
        keypoints: [5, 6, 2, 7, 8, 1, 0, 0, 0],
        attributes: { bbox: 'of another tool' },
      },
      SIZE,
    );
    expect(notDrawn).toEqual([]);
    expect(marks).toEqual([
      { path: 'M1 2L31 2L31 42Z', isArea: true, words: 'polygon of 3 points' },
      { path: 'M1 2L31 2L31 42L1 42Z', isArea: true, isAround: true, words: 'box' },
      {
        path: '',
        isArea: false,
        points: [
          { x: 5, y: 6, isHidden: false },
          { x: 7, y: 8, isHidden: true },
        ],
        words: '2 keypoints, 1 of them hidden',
      },
    ]);
  });

  it('takes an empty shape for none', () => {
    const [mark] = readLabel({ bbox: [0, 0, 4, 2], segmentation: [], polyline: null }, SIZE).marks;
    expect(mark?.isAround).toBeUndefined();
    expect([hasShape({ bbox: [] }), hasShape({ class: 1 }), hasShape({ regions: [{}] })]).toEqual([false, false, true]);
  });

  it('turns a box about its centre, clockwise', () => {
    const [mark] = readLabel({ bbox: [0, 0, 4, 2], rotation: 90 }, SIZE).marks;
    expect(mark).toEqual({ path: 'M3 -1L3 3L1 3L1 -1Z', isArea: true, words: 'box turned by 90°' });
  });

  it('draws corners, lines, and a polygon that is one flat list', () => {
    expect(readLabel({ corners: [0, 0, 2, 0, 2, 2, 0, 2] }, SIZE).marks[0]?.words).toBe('turned box');
    expect(readLabel({ polyline: [0, 0, 5, 5.0004] }, SIZE).marks).toEqual([{ path: 'M0 0L5 5', isArea: false, words: 'line of 2 points' }]);
    expect(readLabel({ segmentation: [0, 0, 2, 0, 2, 2] }, SIZE).marks[0]?.path).toBe('M0 0L2 0L2 2Z');
    expect(readLabel({ segmentation: [[0, 0, 2, 0, 2, 2], [5, 5, 6, 5, 6, 6]] }, SIZE).marks[0]?.words).toBe('2 polygons of 6 points');
  });

  it('never guesses a shape', () => {
    for (const fields of [
      { bbox: [1, 2, 3] },
      { bbox: ['1', '2', '3', '4'] },
      { bbox: { x: 1, y: 2, width: 3, height: 4 } },
      { bbox: [0, 0, 4, 2], rotation: 'left' },
      { corners: [1, 2, 3, 4] },
      { polyline: [1, 2, 3] },
      { segmentation: [[1, 2, 3, 4, 5]] },
      { segmentation: { size: [2, 2], counts: [9] } },
      { segmentation: 'mask.png' },
      { keypoints: [1, 2] },
      { regions: {} },
    ]) {
      const { marks, notDrawn } = readLabel(fields, SIZE);
      expect([marks.length, notDrawn.length], JSON.stringify(fields)).toEqual([0, 1]);
    }
    for (const fields of [{}, { class: 3 }, { bbox: null }, { segmentation: [] }, { x: 1, y: 2, width: 3, height: 4 }, { span: [0, 4] }]) {
      expect(readLabel(fields, SIZE), JSON.stringify(fields)).toEqual({ marks: [], notDrawn: [] });
    }
  });

  it('draws a mask only on a picture of its size', () => {
    const segmentation = { size: [3, 2], counts: [1, 3, 2] };
    expect(readLabel({ segmentation }, { width: 2, height: 3 }).marks[0]?.words).toBe('mask');
    expect(readLabel({ segmentation }, SIZE).notDrawn).toEqual(['segmentation: a mask of 2 × 3 does not fit a picture of 200 × 100']);
  });
});

describe('the size', () => {
  it('is that of the image, else that of the regions', () => {
    const label = { regions: [{ type: 'choices' }, { original_width: 20, original_height: 10 }] };
    expect(recordedSize({ width: 4, height: 3 }, label)).toEqual({ width: 4, height: 3 });
    expect(recordedSize({ width: 0, height: 3 }, label)).toEqual({ width: 20, height: 10 });
    expect(recordedSize(undefined, { regions: 3 })).toBeUndefined();
  });

  it('says if the browser turned the picture', () => {
    expect(fitOf(SIZE, undefined)).toBe('same');
    expect(fitOf(SIZE, { width: 200, height: 100 })).toBe('same');
    expect(fitOf(SIZE, { width: 100, height: 200 })).toBe('turned');
    expect(fitOf(SIZE, { width: 100, height: 50 })).toBe('other');
  });
});
