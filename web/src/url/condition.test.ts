import { describe, expect, test } from 'vitest';

import { type Condition, filterOf, readConditions, writeConditions } from './condition';

describe('conditions in the address', () => {
  test.each<[string, Condition[]]>([
    ['class:in:3,5', [{ path: ['class'], test: 'in', values: [3, 5] }]],
    ['name:in:cat,dog', [{ path: ['name'], test: 'in', values: ['cat', 'dog'] }]],
    ['name:in:"3"', [{ path: ['name'], test: 'in', values: ['3'] }]],
    ['name:in:"a,b","c;d"', [{ path: ['name'], test: 'in', values: ['a,b', 'c;d'] }]],
    ['url:in:http://a/b', [{ path: ['url'], test: 'in', values: ['http://a/b'] }]],
    ['box.x:atLeast:0.5;seen:exists', [
      { path: ['box', 'x'], test: 'atLeast', values: [0.5] },
      { path: ['seen'], test: 'exists', values: [] },
    ]],
    ['a\\.b\\:c:missing', [{ path: ['a.b:c'], test: 'missing', values: [] }]],
    ['list:in:[1,2]', [{ path: ['list'], test: 'in', values: [[1, 2]] }]],
    ['none:in:null', [{ path: ['none'], test: 'in', values: [null] }]],
    ['', []],
  ])('%s', (text, conditions) => {
    expect(readConditions(text)).toEqual(conditions);
    expect(writeConditions(conditions)).toBe(text);
  });

  test.each(['class', 'class:in', 'class:in:', 'class:like:3', ':in:3', 'seen:exists:1'])('refuses %s', (text) => {
    expect(readConditions(text)).toBeNull();
  });

  test('any texts survive', () => {
    const marks = ['a', '"', ',', ';', ':', '.', '\\', '[', ' ', '3', '{', 'ü', '#', '+', '&'];
    let state = 1;
    const next = (most: number) => (state = (state * 48_271) % 2_147_483_647) % most;
    const word = () => Array.from({ length: 1 + next(5) }, () => marks[next(marks.length)]).join('');
    for (let round = 0; round < 2_000; round += 1) {
      const conditions: Condition[] = Array.from({ length: 1 + next(2) }, () => ({
        path: Array.from({ length: 1 + next(2) }, () => `x${word()}x`),
        test: 'in',
        values: Array.from({ length: 1 + next(3) }, () => (next(3) === 0 ? next(100) : word())),
      }));
      expect(readConditions(writeConditions(conditions))).toEqual(conditions);
    }
  });

  test('a number also finds its text', () => {
    expect(filterOf({ path: ['class'], test: 'in', values: [3] })).toEqual({ path: 'class', in: [3, '3'] });
    expect(filterOf({ path: ['a.b'], test: 'missing', values: [] })).toEqual({ path: 'a\\.b', exists: false });
  });
});
