import type { CommitQuery } from './query.gen';

/** How many statements a page shows. */
export const MOST = 25;

type Nodes = CommitQuery['at']['statements'];
type Node = NonNullable<Nodes>[number];
export type Statement = Extract<NonNullable<Node>, { place: number }>;

/**
 * The ids of the statements of a commit from a place on, and of one more, which tells if there are more. The list of
 * `Commit.statements` has no pages, and a campaign may have thousands.
 */
export function namesOf(commit: string, from: number): string[] {
  return Array.from({ length: MOST + 1 }, (_, at) => `statement:${commit}.${from + at}`);
}

/** The statements that exist. */
export function statementsOf(nodes: Nodes): { shown: Statement[]; hasMore: boolean } {
  const all = (nodes ?? []).filter((node): node is Statement => node !== null && 'place' in node);
  return { shown: all.slice(0, MOST), hasMore: all.length > MOST };
}

/** The variables of a request that is about the other lists of a commit. */
export const WITHOUT_STATEMENTS = { statements: [] };
