import type { ItemKind, VersionFilter } from '../../schema.gen';
import type { ListPage } from '../../take/allPages';
import { filterOf, readConditions } from '../../url/condition';
import { oneOf, optional, text } from '../../url/params';

export const WHATS = ['members', 'provenance', 'content'] as const;
export type What = (typeof WHATS)[number];

export const LISTS = ['repinned', 'added', 'removed'] as const;
export type List = (typeof LISTS)[number];

/** A choice that depends on the answer if the address does not make it. */
const oneOrNone = <const T extends string>(values: readonly T[]) => ({
  read: (value: string | null): T | undefined => values.find((known) => known === value),
  write: (value: T | undefined) => value ?? null,
});

/** The state of the page. Without `b`, the newest version of the item of `a` is compared with. */
export const DIFF = {
  a: text(),
  b: text(),
  what: oneOrNone(WHATS),
  list: oneOrNone(LISTS),
  split: optional,
  by: text('class'),
  kind: oneOf(
    ['', 'SOURCE', 'LABEL', 'DERIVED', 'BUNDLE', 'ONTOLOGY', 'TRAINING_SET', 'MODEL', 'EVALUATION', 'DEPLOYMENT'] as const satisfies ('' | ItemKind)[],
    '',
  ),
  attr: text(),
  after: optional,
};

type Values<S> = { [Name in keyof S]: S[Name] extends { read(value: string | null): infer T } ? T : never };
export type DiffParams = Values<typeof DIFF>;

export interface Changed {
  params: DiffParams;
  change(changes: Partial<DiffParams>): void;
}

/** The two versions of a question. */
export interface Pair {
  seq: string;
  a: string;
  b: string;
}

/** Returns the second version: the newest of the item of the first, if no other is named. */
export function secondOf({ a, b }: DiffParams): string {
  return b === '' ? a.replace(/[#@].*$/, '') : b;
}

/** Reads the filter of the ancestors; null for none, undefined if the conditions cannot be read. */
export function keepOf({ kind, attr }: DiffParams): VersionFilter | null | undefined {
  const conditions = readConditions(attr);
  if (conditions === null) return undefined;
  if (kind === '' && conditions.length === 0) return null;
  return { ...(kind !== '' && { kinds: [kind] }), ...(conditions.length > 0 && { attributes: conditions.map(filterOf) }) };
}

/** Which of the lists an answer shall contain: the chosen one, or the beginning of all of them. */
export function including({ list, after }: Pick<DiffParams, 'list' | 'after'>) {
  const has = (one: List) => (list === undefined && after === undefined) || one === (list ?? 'repinned');
  return { isAdded: has('added'), isRemoved: has('removed'), isRepinned: has('repinned') };
}

/** Returns the list to show: the chosen one, or the first that is not empty. */
export function listOf({ list, after }: Pick<DiffParams, 'list' | 'after'>, counts: Partial<Record<List, number>> | undefined): List {
  const isOpen = list === undefined && after === undefined;
  return (isOpen ? LISTS.find((one) => (counts?.[one] ?? 0) > 0) : list) ?? 'repinned';
}

/** Returns a list of a difference as a page: its count is a field of its own. */
export function listPage(
  list: List,
  { after }: Pick<DiffParams, 'after'>,
  pageInfo: ListPage['pageInfo'] | undefined,
  totalCount: number | undefined,
): ListPage | undefined {
  const variables = (first: number, next: string | null) => ({ first, after: next, ...including({ list, after: undefined }) });
  return pageInfo && { pageInfo, totalCount: totalCount ?? 0, turn: { after: after ?? null, variables } };
}
