import { isEqual, own } from './json';

/** One place at which two values differ. */
export interface Change {
  /** A JSON pointer (RFC 6901). */
  path: string;
  /** `undefined` if there is nothing at this place. */
  before: unknown;
  after: unknown;
}

/**
 * Returns the places at which two JSON values differ, sorted by their paths: names by their characters, positions as
 * numbers. Lists of plain values, and coordinates at any depth, are compared as one value.
 */
export function difference(before: unknown, after: unknown): Change[] {
  const changes: Change[] = [];
  compare('', before, after, changes);
  return changes;
}

/** Returns all values of a JSON value with their paths, in the order of `difference`. */
export function leaves(value: unknown): { path: string; value: unknown }[] {
  return difference(undefined, value).map(({ path, after }) => ({ path, value: after }));
}

function compare(path: string, before: unknown, after: unknown, changes: Change[]): void {
  const [one, other] = [partsOf(before), partsOf(after)];
  if (one === undefined && other === undefined) {
    if (!isEqual(before, after)) changes.push({ path, before, after });
    return;
  }
  if (!isLike(before, after)) {
    changes.push({ path, before, after });
    return;
  }
  for (const name of namesOf(one, other)) compare(`${path}/${escaped(name)}`, own(one, name), own(other, name), changes);
}

/** Returns true if two values have parts of the same kind, or one of them is absent. */
function isLike(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return true;
  const isEmptyOrParts = (value: unknown) => partsOf(value) !== undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return isEmptyOrParts(before) && isEmptyOrParts(after) && Array.isArray(before) === Array.isArray(after);
}

/** Returns the parts of a value that are compared one by one; `undefined` if it is compared as one. */
function partsOf(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return value.length > 0 && value.some((part) => !isPlain(part)) ? Object.fromEntries(value.entries()) : undefined;
  return Object.keys(value).length > 0 ? (value as Record<string, unknown>) : undefined;
}

/** Returns true for what is no object, and for lists that contain none. */
function isPlain(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isPlain) : typeof value !== 'object' || value === null;
}

function namesOf(one: Record<string, unknown> = {}, other: Record<string, unknown> = {}): string[] {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const isPosition = (name: string) => /^(0|[1-9]\d*)$/.test(name);
  return names.sort((a, b) => (isPosition(a) && isPosition(b) ? Number(a) - Number(b) : a < b ? -1 : 1));
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
