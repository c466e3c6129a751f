import { saysWrong } from '../../parts/words/said';
import type { ScanQuery } from './query.gen';

type Commit = ScanQuery['at']['commits']['nodes'][number];

/** The most campaigns that one page shows: as many as its second question has room for. */
export const MOST = 10;

/** What was found by reading a part of the log backwards. */
export interface Found {
  /** Commits that say something is wrong, newest first, at most {@link MOST}. */
  campaigns: Commit[];
  /** The newest and the oldest commit that was read for these; null if there was none. */
  read: { newest: number; oldest: number } | null;
}

/** Keeps the commits that say something is wrong. If there are too many, the rest counts as not read. */
export function found(commits: Commit[]): Found {
  const newest = commits.at(-1);
  const oldest = commits[0];
  if (newest === undefined || oldest === undefined) return { campaigns: [], read: null };
  const all = commits.toReversed().filter(({ statements }) => statements.some(saysWrong));
  const campaigns = all.slice(0, MOST);
  const last = all.length > MOST ? campaigns.at(-1) : undefined;
  return { campaigns, read: { newest: Number(newest.seq), oldest: Number((last ?? oldest).seq) } };
}

/** The variables of the second question. Those that are not included repeat the first. */
export function repairsOf(seq: string, campaigns: Commit[]) {
  const id = (at: number) => `commit:${(campaigns[at] ?? campaigns[0])?.seq ?? 0}`;
  const has = (at: number) => at < campaigns.length;
  return {
    seq,
    ...{ c0: id(0), c1: id(1), c2: id(2), c3: id(3), c4: id(4), c5: id(5), c6: id(6), c7: id(7), c8: id(8), c9: id(9) },
    ...{ n1: has(1), n2: has(2), n3: has(3), n4: has(4), n5: has(5), n6: has(6), n7: has(7), n8: has(8), n9: has(9) },
  };
}
