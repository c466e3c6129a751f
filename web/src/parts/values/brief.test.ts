import { describe, expect, it } from 'vitest';

import { brief, briefAttributes, differences } from './brief';

describe('differences', () => {
  it('finds what changed, was added and was removed, in the order of names', () => {
    const a = { name: 'cat', class: 3, box: { x: 1, y: 2 }, old: true };
    const b = { class: 5, name: 'dog', box: { x: 1, y: 3 }, fresh: null };
    expect(differences(a, b)).toEqual([
      { path: 'box.y', before: 2, after: 3 },
      { path: 'class', before: 3, after: 5 },
      { path: 'fresh', before: undefined, after: null },
      { path: 'name', before: 'cat', after: 'dog' },
      { path: 'old', before: true, after: undefined },
    ]);
  });

  it('takes equal values as equal, whatever the order of their names', () => {
    expect(differences({ a: [{ x: 1, y: 2 }], n: 0 }, { n: -0, a: [{ y: 2, x: 1 }] })).toEqual([]);
  });

  it('compares lists as a whole, and names that an object inherits as absent', () => {
    expect(differences({ l: [1, 2] }, { l: [1] })).toEqual([{ path: 'l', before: [1, 2], after: [1] }]);
    expect(differences({}, { toString: 1 })).toEqual([{ path: 'toString', before: undefined, after: 1 }]);
  });

  it('escapes dots in names', () => {
    expect(differences({ 'a.b': 1 }, {})[0]?.path).toBe('a\\.b');
  });
});

describe('brief', () => {
  it('cuts what is long, and says how many attributes are left out', () => {
    expect(brief('x'.repeat(80), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(briefAttributes({ class: 8, name: '8', box: [1, 2], a: 1, b: 2 })).toBe('class 8 · name 8 · a 1 · and 2 more');
    expect(briefAttributes({ box: [1, 2] })).toBe('1 attribute');
    expect(briefAttributes({})).toBe('');
  });
});
