import { useEffect, useSyncExternalStore } from 'react';

import { isLater } from '../seq';

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

const NONE: Marks = { marks: [], isCut: false };
let shown = NONE;
const listeners = new Set<() => void>();

function change(next: Marks): void {
  shown = next;
  listeners.forEach((listener) => listener());
}

/** Gives the bar of the moment the marks of a page. `undefined` while they are not known. */
export function useOwnMarks(own: Marks | undefined): void {
  useEffect(() => {
    if (own === undefined) return;
    change(own);
    return () => change(NONE);
  }, [own]);
}

/** Returns the marks of the page that is shown. */
export function useMarks(): Marks {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
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
