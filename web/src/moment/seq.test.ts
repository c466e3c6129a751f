import { describe, expect, it } from 'vitest';

import { commitsBetween, isLater, seqFrom } from './seq';

describe('seqs', () => {
  // As JavaScript numbers, these two are equal.
  const [one, next] = ['9007199254740992', '9007199254740993'];

  it('are ordered beyond the whole numbers of JavaScript', () => {
    expect([isLater(next, one), isLater(one, next), isLater(one, one)]).toEqual([true, false, false]);
    expect(isLater('10', '9')).toBe(true);
  });

  it('are counted, never below nothing', () => {
    expect([commitsBetween(one, next), commitsBetween(next, one), commitsBetween('24', '30')]).toEqual([1n, 0n, 6n]);
  });

  it('have neighbours', () => {
    expect([seqFrom(one, 1), seqFrom(next, -1), seqFrom('25', -1)]).toEqual([next, one, '24']);
  });
});
