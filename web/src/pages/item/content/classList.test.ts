import { describe, expect, it } from 'vitest';

import { classRows, classesOf } from './classList';

const list = (...classes: unknown[]) => classesOf({ classes }) ?? new Map();

describe('classRows', () => {
  it('compares two lists and names the stated changes', () => {
    const rows = classRows(
      list({ class: 'wren', id: 1 }, { class: 'robin', id: 2 }, { class: 'tit', id: 3 }, 'owl'),
      list({ class: 'Eurasian wren', id: 1 }, { class: 'robin', id: 7 }, { class: 'blue tit' }, 'owl', 'gull'),
      [
        { kind: 'RENAME', from: ['wren'], to: ['Eurasian wren'], classes: ['wren'] },
        { kind: 'SPLIT', from: ['tit'], to: ['blue tit', 'great tit'], classes: ['tit'] },
        { kind: 'REDEFINE', from: null, to: null, classes: ['owl'] },
      ],
    );
    expect(rows.map(({ name, state, said }) => [name, state, ...said])).toEqual([
      ['Eurasian wren', 'added', 'renamed from wren'],
      ['robin', 'changed'],
      ['blue tit', 'added', 'split from tit'],
      ['owl', 'same', 'has another meaning'],
      ['gull', 'added'],
      ['wren', 'removed', 'renamed to Eurasian wren'],
      ['tit', 'removed', 'split to blue tit, great tit'],
    ]);
  });

  it('keeps numbers apart from each other, and has no states without an older list', () => {
    expect(classRows(undefined, list({ class: 0, name: 'airplane' }, { class: 1 }), [])).toEqual([
      { name: '0', fields: { name: 'airplane' }, state: 'same', said: [] },
      { name: '1', fields: {}, state: 'same', said: [] },
    ]);
  });
});

describe('classesOf', () => {
  it('is undefined for a list that is elsewhere', () => {
    expect([{}, { classCount: 9 }, null, { classes: 'many' }].map(classesOf)).toEqual([undefined, undefined, undefined, undefined]);
    expect([...(classesOf({ classes: [null, {}, 'a'] }) ?? [])]).toEqual([['a', {}]]);
  });
});
