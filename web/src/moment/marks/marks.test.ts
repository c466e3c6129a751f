import { describe, expect, it } from 'vitest';

import { markFrom, ordered } from './marks';

const MARKS = ordered([
  { seq: '25', name: 'Corrected' },
  { seq: '2', name: 'version #1' },
  { seq: '25', name: 'version #2' },
  { seq: '25', name: 'Corrected' },
  { seq: '9007199254740993', name: 'version #3' },
]);

describe('marks', () => {
  it('are in the order of commits, each commit once', () => {
    expect(MARKS).toEqual([
      { seq: '2', name: 'version #1' },
      { seq: '25', name: 'Corrected, version #2' },
      { seq: '9007199254740993', name: 'version #3' },
    ]);
  });

  it('are stepped through in both ways, and from between them', () => {
    const step = (seq: string, way: 'before' | 'after') => markFrom(MARKS, seq, way)?.seq;
    expect([step('25', 'before'), step('25', 'after'), step('24', 'before'), step('24', 'after')]).toEqual(['2', '9007199254740993', '2', '25']);
    expect([step('2', 'before'), step('9007199254740993', 'after'), step('9007199254740992', 'after')]).toEqual([undefined, undefined, '9007199254740993']);
  });
});
