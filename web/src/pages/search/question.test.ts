import { expect, test } from 'vitest';

import { readParams } from '../../url/params';
import { SEARCH, digestOf, searchFilter } from './question';

const filter = (search: string) => searchFilter(readParams(SEARCH, search));

test('nothing is asked by default', () => {
  expect(filter('')).toEqual({});
});

test('everything in the address is asked', () => {
  expect(filter('q=roof berl&kind=LABEL,MODEL,NOPE&ns=a, b&tag=current&author=demo&attr=class:in:3,5&wrong=1&stale=0')).toEqual({
    words: 'roof berl',
    kinds: ['LABEL', 'MODEL'],
    namespaces: ['a', 'b'],
    tags: ['current'],
    authors: ['demo'],
    attributes: [{ path: 'class', in: [3, '3', 5, '5'] }],
    wrong: true,
    stale: false,
  });
});

test('what cannot be read is not searched for', () => {
  expect(filter('attr=class')).toBeNull();
  expect(filter('wrong=yes&sort=best')).toEqual({});
});

test('digests are known', () => {
  const digest = `b3:${'0'.repeat(64)}`;
  expect(digestOf(` ${digest} `)).toBe(digest);
  expect(digestOf('b3:00')).toBeUndefined();
});
