import { describe, expect, it } from 'vitest';

import { markFrom, marksIn, ordered } from './marks';

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

describe('marksIn', () => {
  const pageInfo = { hasPreviousPage: true };

  it('are the versions of an item, and what was said about them', () => {
    const statements = [{ kind: 'CORRECTS' as const, commit: { seq: '25' } }];
    const nodes = [
      { number: 1, seq: '2', statements },
      { number: 2, seq: '25', statements: [] },
    ];
    expect(marksIn({ version: { item: { history: { pageInfo, nodes } } } })).toEqual({
      isCut: true,
      marks: [
        { seq: '2', name: 'version #1' },
        { seq: '25', name: '#1 corrected, version #2' },
      ],
    });
  });

  it('are the commits with statements of a page without an item', () => {
    expect(marksIn({ commits: { pageInfo, nodes: [{ seq: '25', message: null }] } })).toEqual({ isCut: true, marks: [{ seq: '25', name: 'statements' }] });
  });

  it('are none if there is no such item', () => {
    expect(marksIn({ version: null })).toEqual({ isCut: false, marks: [] });
    expect(marksIn(undefined)).toEqual({ isCut: false, marks: [] });
  });
});
