/** What two versions have at one path. */
export interface Difference {
  /** Names from the outside in, separated by dots; numbers of list entries in brackets. */
  path: string;
  a: string | undefined;
  b: string | undefined;
}

export type Kind = 'added' | 'removed' | 'changed' | 'same';

export function kindOf({ a, b }: Difference): Kind {
  if (a === b) return 'same';
  return a === undefined ? 'added' : b === undefined ? 'removed' : 'changed';
}

/**
 * Compares two JSON values, path by path in the order of the names. Objects are compared with objects and lists with lists,
 * member by member; everything else as a whole, written as JSON.
 */
export function compared(a: unknown, b: unknown, path = ''): Difference[] {
  const isList = Array.isArray(a ?? b);
  const [left, right] = [membersOf(a, isList), membersOf(b, isList)];
  const names = [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])];
  if (left === undefined || right === undefined || names.length === 0) {
    return a === undefined && b === undefined ? [] : [{ path, a: written(a), b: written(b) }];
  }
  const sorted = isList ? names : names.sort();
  return sorted.flatMap((name) => compared(left.get(name), right.get(name), joined(path, name, isList)));
}

/** Returns the members of an object or a list, none for what is absent, and undefined for everything else. */
function membersOf(value: unknown, isList: boolean): Map<string, unknown> | undefined {
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== isList) return undefined;
  return new Map(Object.entries(value));
}

function joined(path: string, name: string, isEntry: boolean): string {
  if (isEntry) return `${path}[${name}]`;
  const escaped = name.replace(/[\\.[]/g, '\\$&');
  return path === '' ? escaped : `${path}.${escaped}`;
}

function written(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
