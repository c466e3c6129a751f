import { expect, it } from 'vitest';

import { choose } from './pair';

const known = { total: 3, head: 3, wrong: 0, named: 0, v: 0, w: 0 };
const pair = (given: Partial<typeof known>) => {
  const { shown, old, new: newer } = choose({ ...known, ...given });
  return [shown, old, newer];
};

it('compares the newest wrong version with the head', () => {
  expect(pair({ wrong: 1 })).toEqual([3, 1, 3]);
  expect(pair({})).toEqual([3, 2, 3]);
  expect(pair({ total: 1, head: 1 })).toEqual([1, 0, 1]);
  expect(pair({ total: 1, head: 1, wrong: 1 })).toEqual([1, 0, 1]);
  expect(pair({ wrong: 3 })).toEqual([3, 2, 3]);
});

it('compares a version that the reference names', () => {
  expect(pair({ named: 2, wrong: 1 })).toEqual([2, 2, 3]);
  expect(pair({ named: 3, wrong: 1 })).toEqual([3, 1, 3]);
  expect(pair({ named: 9 })).toEqual([3, 2, 3]);
});

it('keeps to the address', () => {
  expect(pair({ v: 1, w: 2 })).toEqual([3, 1, 2]);
  expect(pair({ v: 3, w: 1 })).toEqual([3, 3, 1]);
  expect(pair({ v: 2, w: 2 })).toEqual([3, 0, 2]);
  expect(pair({ v: 7, w: 9, wrong: 1 })).toEqual([3, 1, 3]);
  expect(pair({ w: 1 })).toEqual([3, 3, 1]);
});
