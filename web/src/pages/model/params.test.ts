import { describe, expect, it } from 'vitest';

import { isOther, share, span, whenSaid } from './params';

describe('span', () => {
  it('is in the largest whole unit', () => {
    expect(span('2026-03-01T00:00:00Z', '2026-03-04T23:00:00Z')).toBe('3 days');
    expect(span('2026-03-01T00:00:00Z', '2026-03-01T01:30:00Z')).toBe('1 hour');
    expect(span('2026-03-01T00:00:00.1Z', '2026-03-01T00:00:00.9Z')).toBe('less than a second');
    expect(span('2026-03-01T00:00:00Z', '2026-03-01T00:00:01.5Z')).toBe('1 second');
  });
});

describe('whenSaid', () => {
  const made = { seq: '12', committedAt: '2026-03-01T00:00:00Z' };

  it('orders by seq, as numbers', () => {
    expect(whenSaid({ commit: { seq: '9', time: '2026-03-01T00:00:00Z' } }, made)).toBe('known before it was made');
    expect(whenSaid({ commit: { seq: '100', time: '2026-03-03T00:00:00Z' } }, made)).toBe('2 days after it was made');
  });
});

describe('share', () => {
  it('never shows something as nothing', () => {
    expect(share(13, 10_000)).toBe('0.13 %');
    expect(share(1, 1_000_000)).toBe('below 0.01 %');
    expect(share(0, 10)).toBe('0 %');
  });
});

describe('isOther', () => {
  it('is true only of references that name a kind without training sets behind it', () => {
    expect(['n/LABEL/a#1', 'n/TRAINING_SET/MODEL/a'].map(isOther)).toEqual([true, true]);
    expect(['n/MODEL/a#1', 'n/EVALUATION/LABEL/a', 'version:12345678', 'a'].map(isOther)).toEqual([false, false, false, false]);
  });
});
