import { SAID } from '../../parts/words/said';
import { isLater } from '../seq';
import type { ItemMarksFragment, StatementMarksFragment } from './query.gen';

/** A moment that matters to a page, such as that of a version of its item. */
export interface Mark {
  seq: string;
  name: string;
}

/** The marks of the page that is shown, oldest first, each seq once. */
export interface Marks {
  marks: Mark[];
  /** True if there are older moments that have no mark. */
  isCut: boolean;
}

/** An answer with the marks of an item, or with those of all commits that say that something was wrong, or right again. */
export interface Found {
  version?: ItemMarksFragment | null;
  commits?: StatementMarksFragment | null;
}

/** Returns the marks in an answer. */
export function marksIn({ version, commits }: Found = {}): Marks {
  if (commits != null) {
    return { isCut: commits.pageInfo.hasPreviousPage, marks: commits.nodes.map(({ seq, message }) => ({ seq, name: message ?? 'statements' })) };
  }
  if (version == null) return { isCut: false, marks: [] };
  const { pageInfo, nodes } = version.item.history;
  return {
    isCut: pageInfo.hasPreviousPage,
    marks: ordered(
      nodes.flatMap(({ number, seq, statements }) => [
        { seq, name: `version #${number}` },
        ...statements.map(({ kind, commit }) => ({ seq: commit.seq, name: `#${number} ${SAID[kind].toLowerCase()}` })),
      ]),
    ),
  };
}

/** Orders marks by their seqs; those of one seq become one. */
export function ordered(marks: Mark[]): Mark[] {
  const bySeq = new Map<string, string[]>();
  for (const { seq, name } of marks) bySeq.set(seq, [...new Set([...(bySeq.get(seq) ?? []), name])]);
  return [...bySeq].map(([seq, names]) => ({ seq, name: names.join(', ') })).sort((a, b) => (isLater(a.seq, b.seq) ? 1 : -1));
}

/** Returns the last mark before a moment, or the first after it. */
export function markFrom(marks: Mark[], seq: string, way: 'before' | 'after'): Mark | undefined {
  return way === 'before' ? marks.findLast((mark) => isLater(seq, mark.seq)) : marks.find((mark) => isLater(mark.seq, seq));
}
