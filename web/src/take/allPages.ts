import { Failed, send } from '../api/client';
import type { Sent } from '../api/document';
import { type Table, csvLines } from './table';

/** A page of a list, as an answer contains it. */
export interface ListPage {
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount: number;
  /** An answer that stopped is continued. */
  info?: { complete: boolean; resume?: string | null };
  /** The position of the page, and the variables for another one, if they are not the document's `after` and `first`. */
  turn?: { after: string | null; variables(first: number, after: string | null): Record<string, unknown> };
}

/** The rows of one request. An answer that is too large is asked for in smaller pages. */
const MOST_ROWS = 500;
const LEAST_ROWS = 25;

interface AllPagesOptions<T> {
  /** The request for one page. */
  sent: Sent;
  table(data: T): Table;
  page(data: T): ListPage | null | undefined;
  /** Returns the variables for a page, if they are not `first` and `after`. */
  variables?: ((first: number, after: string | null) => Record<string, unknown>) | undefined;
  report(done: number, total: number): void;
  signal: AbortSignal;
}

/**
 * Reads a list from its beginning to its end, all at one seq, and returns it as CSV in parts.
 *
 * @throws {Failed} if a page fails, or the answer stops and cannot be continued: part of a list is not a list.
 */
export async function allPages<T>({ sent, table, page, variables = (first, after) => ({ first, after }), report, signal }: AllPagesOptions<T>): Promise<string[]> {
  const parts: string[] = [];
  let first = MOST_ROWS;
  let done = 0;
  for (let after: string | null | undefined = null; after !== undefined; ) {
    let data: T;
    try {
      data = await send<T>({ ...sent, variables: { ...sent.variables, ...variables(first, after) } }, signal);
    } catch (error) {
      if (!(error instanceof Failed) || error.reason !== 'LIMIT_EXCEEDED' || first <= LEAST_ROWS) throw error;
      first = Math.max(LEAST_ROWS, Math.floor(first / 4));
      continue;
    }
    const { columns, rows } = table(data);
    parts.push(csvLines(parts.length === 0 ? [columns, ...rows] : rows));
    done += rows.length;
    const found = page(data);
    report(done, found?.totalCount ?? done);
    after = nextOf(found);
  }
  return parts;
}

/** Returns the position after a page; undefined after the last one. */
function nextOf(page: ListPage | null | undefined): string | undefined {
  if (page?.pageInfo.hasNextPage) return page.pageInfo.endCursor ?? undefined;
  if (page?.info?.complete !== false) return undefined;
  if (page.info.resume == null) throw new Failed('The answer is not whole, and cannot be continued: ask for less.', '', '', 0);
  return page.info.resume;
}
