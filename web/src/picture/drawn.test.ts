import { describe, expect, it } from 'vitest';

import { displayOf, draw } from './drawn';
import type { Layer, Source } from './source';

const source = (fields: Record<string, unknown>): Source => ({ digest: 'b3:0', bytes: 9, name: 'a', mediaType: null, fields });
const layers: Layer[] = [{ age: 'old', title: '#1', fields: { bbox: [0, 0, 10, 10] } }];

describe('draw', () => {
  it('waits for the size of the picture if none is recorded', () => {
    expect(draw(source({}), layers, undefined).layers[0]?.drawing.marks).toEqual([]);
    const { size, layers: drawn } = draw(source({}), layers, { width: 20, height: 10 });
    expect([size, drawn[0]?.drawing.marks.length]).toEqual([{ width: 20, height: 10 }, 1]);
  });

  it('has the place of the stored picture until it is loaded, and then that of the shown one', () => {
    const stored = { ...source({}), size: { width: 10, height: 20 } };
    expect(draw(stored, layers, undefined).size).toEqual({ width: 10, height: 20 });
    expect(draw(stored, layers, { width: 20, height: 10 })).toMatchObject({ fit: 'same', size: { width: 20, height: 10 }, problem: undefined });
  });

  it('keeps to the recorded size if the browser turned the picture', () => {
    const { fit, size } = draw(source({ width: 10, height: 20 }), layers, { width: 20, height: 10 });
    expect([fit, size]).toEqual(['turned', { width: 10, height: 20 }]);
  });

  it('draws nothing on a picture of another size, and says so', () => {
    const { problem, layers: drawn, size } = draw(source({ width: 40, height: 20 }), layers, { width: 20, height: 10 });
    expect(problem).toContain('20 × 10 pixels, the shapes are of 40 × 20');
    expect([size, drawn[0]?.drawing.marks]).toEqual([{ width: 20, height: 10 }, []]);
    expect(draw(source({ width: 40, height: 20 }), [], { width: 20, height: 10 }).problem).toBeUndefined();
  });
});

describe('displayOf', () => {
  it('enlarges small pictures by a whole number and shrinks large ones', () => {
    expect(displayOf({ width: 28, height: 28 }, 460)).toEqual({ width: 448, isPixelated: true });
    expect(displayOf({ width: 400, height: 300 }, 460)).toEqual({ width: 400, isPixelated: false });
    expect(displayOf({ width: 1000, height: 2000 }, 460)).toEqual({ width: 230, isPixelated: false });
    expect(displayOf({ width: 1, height: 100_000 }, 460)).toEqual({ width: 1, isPixelated: false });
  });
});
