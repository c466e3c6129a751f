import { describe, expect, it } from 'vitest';

import { type Change, contentChanged, causeOf } from './changes';
import { including, keepOf, listOf, secondOf } from './question';

describe('causeOf', () => {
  const version = (hash: string, number: number, more: object = {}) =>
    ({ hash, number, seq: '2', author: 'demo', message: null, wrong: false, attributes: {}, item: { hash: 'item:1', namespace: 'n', kind: 'LABEL', key: 'k' }, statements: [], parent: null, payload: null, sources: { nodes: [] }, ...more }) as never;
  const statement = (hash: string | null) => ({ place: 0, kind: 'CORRECTS', reason: 'seen', author: 'a', by: hash === null ? null : { hash }, commit: { seq: '3' } });

  it('is the statement about the version before', () => {
    const change: Change = { before: { version: version('1', 1, { statements: [statement('2')] }) }, after: { version: version('2', 2) } };
    expect(causeOf(change).statements).toHaveLength(1);
  });

  it('is for an added version the statement that made it, and no other', () => {
    const parent = { statements: [statement('2'), statement(null), statement('4')] };
    expect(causeOf({ after: { version: version('2', 2, { parent }) } }).statements).toEqual([statement('2')]);
    expect(causeOf({ after: { version: version('9', 1) } })).toEqual({ statements: [], otherwise: 'version #1 of seq 2' });
  });

  it('says what moved if the version is the same', () => {
    const pin = (split: string, weight: number | null) => ({ version: version('1', 1), split, weight });
    expect(causeOf({ before: pin('TRAIN', null), after: pin('TEST', null) }).otherwise).toBe('moved from TRAIN to TEST');
    expect(causeOf({ before: pin('TRAIN', null), after: pin('TRAIN', 2) }).otherwise).toBe('another weight: none → 2');
  });

  it('writes few differences of attributes', () => {
    const change: Change = {
      before: { version: version('1', 1, { attributes: { a: 1, b: 1, c: 1, d: 1 } }) },
      after: { version: version('2', 2, { attributes: { a: 2, b: 1, c: 2, d: 2 } }) },
    };
    expect(contentChanged(change, 2)).toEqual(['a 1 → 2', 'c 1 → 2', 'and 1 more']);
  });

  it('says if only the payload or nothing of both differs', () => {
    const pin = (hash: string, digest: string) => ({ version: version(hash, 1, { payload: { digest } }) });
    expect(contentChanged({ before: pin('1', 'b3:1'), after: pin('2', 'b3:2') })).toEqual(['other payload']);
    expect(contentChanged({ before: pin('1', 'b3:1'), after: pin('2', 'b3:1') })).toEqual(['same attributes and payload']);
    expect(contentChanged({ before: pin('1', 'b3:1'), after: pin('1', 'b3:1') })).toEqual([]);
  });
});

describe('question', () => {
  const open = { list: undefined, after: undefined };
  const params = { a: 'n/LABEL/k#1', b: '', kind: '', attr: '' } as never;

  it('compares with the newest version unless another is named', () => {
    expect(secondOf(params)).toBe('n/LABEL/k');
  });

  it('shows the first list that is not empty', () => {
    expect(listOf(open, { repinned: 0, added: 0, removed: 3 })).toBe('removed');
    expect(listOf({ ...open, list: 'added' }, { repinned: 1, added: 0, removed: 3 })).toBe('added');
    expect(listOf(open, undefined)).toBe('repinned');
  });

  it('asks for all lists until one is chosen, because a cursor is of one list', () => {
    expect(including(open)).toEqual({ isAdded: true, isRemoved: true, isRepinned: true });
    expect(including({ ...open, list: 'added' })).toEqual({ isAdded: true, isRemoved: false, isRepinned: false });
    const further = { ...open, after: 'cursor' };
    expect(including(further)).toEqual({ isAdded: false, isRemoved: false, isRepinned: true });
    expect(listOf(further, { repinned: 0, added: 0, removed: 3 })).toBe('repinned');
  });

  it('has a filter only if it can be read', () => {
    expect(keepOf(params)).toBeNull();
    expect(keepOf({ ...(params as object), attr: 'class' } as never)).toBeUndefined();
    expect(keepOf({ ...(params as object), kind: 'LABEL', attr: 'class:in:3' } as never)).toEqual({
      kinds: ['LABEL'],
      attributes: [{ path: 'class', in: [3, '3'] }],
    });
  });
});
