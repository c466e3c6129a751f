import { describe, expect, it } from 'vitest';

import { difference, leaves } from './difference';

describe('difference', () => {
  it('finds what was added, removed and changed, sorted by path', () => {
    const before = { class: 8, name: '8', b: { z: 1, a: [1, 2] }, gone: null };
    const after = { name: '9', class: 9, b: { a: [1, 3], z: 1, new: false } };
    expect(difference(before, after)).toEqual([
      { path: '/b/a', before: [1, 2], after: [1, 3] },
      { path: '/b/new', before: undefined, after: false },
      { path: '/class', before: 8, after: 9 },
      { path: '/gone', before: null, after: undefined },
      { path: '/name', before: '8', after: '9' },
    ]);
  });

  it('is empty for equal values, in whatever order their names are', () => {
    expect(difference({ a: { x: [1, { y: 2 }], z: {} }, b: null }, { b: null, a: { z: {}, x: [1, { y: 2 }] } })).toEqual([]);
    expect(difference({}, {})).toEqual([]);
  });

  it('keeps coordinates together, and compares lists of objects by position', () => {
    const rings = (x: number) => [[1, 2, x], [3]];
    expect(difference({ segmentation: rings(1) }, { segmentation: rings(2) })).toEqual([{ path: '/segmentation', before: rings(1), after: rings(2) }]);
    const regions = (count: number) => Array.from({ length: count }, (_, id) => ({ id: id === 1 ? count : id }));
    expect(difference({ regions: regions(2) }, { regions: regions(12) }).map(({ path }) => path)).toEqual([
      '/regions/1/id',
      ...Array.from({ length: 10 }, (_, place) => `/regions/${place + 2}/id`),
    ]);
  });

  it('is one change where the kind of a value changes', () => {
    for (const [before, after] of [[{ a: 1 }, [{ a: 1 }]], [{ a: 1 }, 'a'], [null, { a: 1 }], [[1], { 0: 1 }], [{}, []]]) {
      expect(difference({ x: before }, { x: after })).toEqual([{ path: '/x', before, after }]);
    }
  });

  it('escapes names as JSON pointers do', () => {
    expect(difference({}, { 'a/b~c': 1, '': 2 }).map(({ path }) => path)).toEqual(['/', '/a~1b~0c']);
  });

  it('does not take inherited names for values', () => {
    expect(difference({}, JSON.parse('{"constructor": 1, "__proto__": {"a": 2}}')).map(({ path }) => path)).toEqual(['/__proto__/a', '/constructor']);
  });
});

describe('leaves', () => {
  it('lists everything', () => {
    expect(leaves({ b: [], a: { c: null } })).toEqual([
      { path: '/a/c', value: null },
      { path: '/b', value: [] },
    ]);
    expect(leaves({})).toEqual([{ path: '', value: {} }]);
  });
});
