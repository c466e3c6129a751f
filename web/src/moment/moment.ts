import { createContext, useContext } from 'react';

import { seq, useParams } from '../url/params';
import type { Found } from './marks/marks';
import type { MarksWanted } from './marks/useMarks';

/** The moment that a page shows. */
export interface Moment {
  /** The seq that every question of the page asks about. */
  seq: string;
  /** The newest commit that the page knows. */
  head: string;
  headTime: string;
  /** True if the address does not name a moment. */
  isNow: boolean;
  /** What came with the newest commit: the marks of the first page, and the commit of its moment. */
  first: { wanted: MarksWanted; found: Found; commit: { seq: string; time: string } | undefined };
  /** Goes to a moment; `undefined` is now. */
  go(seq: string | undefined): void;
  /** Asks for the newest commit again. */
  refresh(): void;
}

export const MOMENT = { asOf: seq };

export const MomentContext = createContext<Moment | null>(null);

export function useMoment(): Moment {
  const moment = useContext(MomentContext);
  if (moment === null) throw new Error('a page is shown outside of its moment');
  return moment;
}

/** Returns `asOf` for links to other pages, so that they show the same moment. */
export function useAsOf(): string | undefined {
  return useParams(MOMENT)[0].asOf;
}

/** Writes a time as the reader's own, with the zone: audits compare clocks. */
export function clock(time: string): string {
  return new Date(time).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
}
