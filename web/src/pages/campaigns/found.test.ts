import { expect, test } from 'vitest';

import { MOST, found, repairsOf } from './found';

const commit = (seq: number, ...kinds: ('CORRECTS' | 'RETRACTS' | 'REINSTATES' | 'PURGES')[]) => ({
  seq: String(seq),
  statements: kinds.map((kind) => ({ kind })),
});

test('an empty log has no campaigns', () => {
  expect(found([])).toEqual({ campaigns: [], read: null });
});

test('commits that say something is wrong are kept, newest first', () => {
  const { campaigns, read } = found([commit(7), commit(8, 'CORRECTS'), commit(9, 'REINSTATES'), commit(10, 'PURGES', 'RETRACTS'), commit(11)]);
  expect(campaigns.map(({ seq }) => seq)).toEqual(['10', '8']);
  expect(read).toEqual({ newest: 11, oldest: 7 });
});

test('what does not fit counts as not read', () => {
  const { campaigns, read } = found(Array.from({ length: 30 }, (_, at) => commit(at + 1, 'CORRECTS')));
  expect(campaigns).toHaveLength(MOST);
  expect(read).toEqual({ newest: 30, oldest: 21 });
});

test('exactly as many as fit leave nothing unread', () => {
  const commits = [commit(1), ...Array.from({ length: MOST }, (_, at) => commit(at + 2, 'CORRECTS'))];
  expect(found(commits).read).toEqual({ newest: MOST + 1, oldest: 1 });
});

test('the second question includes as many as there are', () => {
  const variables = repairsOf('30', found([commit(1, 'CORRECTS'), commit(2, 'CORRECTS')]).campaigns);
  expect(variables).toMatchObject({ seq: '30', c0: 'commit:2', c1: 'commit:1', c9: 'commit:2', n1: true, n2: false, n9: false });
});
