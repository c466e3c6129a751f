import { send } from '../api/client';
import { address, pageOf, reference } from '../url/reference';
import { ItemsNamedDocument, type ItemsNamedQuery, ResolveDocument, type ResolveQuery } from './query.gen';

/** A name as pages write it, `mnist/test/00947#1`, or as people say it, `mnist test/00947`. */
interface ShortName {
  namespace: string;
  key: string;
  number?: number;
}

/** Reads a name without a kind; undefined if it cannot be one. */
export function shortNameOf(typed: string): ShortName | undefined {
  const [, namespace, key, number] = /^([a-z0-9._-]{1,63})(?:\/|\s+)([^#@]+?)(?:#(\d{1,9}))?$/.exec(typed) ?? [];
  return namespace === undefined || key === undefined ? undefined : { namespace, key, ...(number !== undefined && { number: Number(number) }) };
}

/** Returns the address of what was typed: a commit, what a reference or an id names, an item by its short name; or a search for it. */
export async function find(typed: string, asOf: string | undefined): Promise<string> {
  const commit = /^commit:(\d+)$/.exec(typed)?.[1];
  if (commit !== undefined) return address('commit', { seq: commit, asOf });
  return (await resolved(typed, asOf)) ?? (await named(typed, asOf)) ?? address('search', { q: typed, asOf });
}

async function resolved(ref: string, asOf: string | undefined): Promise<string | undefined> {
  const found = await answerOf<ResolveQuery>(ResolveDocument, { ref });
  if (!found?.resolve) return undefined;
  const { item } = found.resolve;
  // A reference without a number means the item, whatever its newest version is.
  return pageOf(ref === reference({ item }) ? { item } : found.resolve, asOf);
}

/** Items of several kinds may have one name, such as a source and its label: these are searched for. */
async function named(typed: string, asOf: string | undefined): Promise<string | undefined> {
  const name = shortNameOf(typed);
  if (name === undefined) return undefined;
  const { namespace, key, number } = name;
  const found = await answerOf<ItemsNamedQuery>(ItemsNamedDocument, { filter: { namespaces: [namespace], keyPrefix: key } });
  const items = found?.items.nodes ?? [];
  const [only, ...others] = items.filter((item) => item.key === key);
  if (only !== undefined && others.length === 0) return pageOf({ item: only, ...(number !== undefined && { number }) }, asOf);
  return items.length > 0 ? address('search', { ns: namespace, key, asOf }) : undefined;
}

/** What is no reference is an error of the server, and no failure here: it is searched for, which fails in words if it must. */
async function answerOf<T>(document: { toString(): string }, variables: Record<string, unknown>): Promise<T | undefined> {
  try {
    return await send<T>({ query: document.toString(), variables });
  } catch {
    return undefined;
  }
}
