import type { ItemKind, VersionFilter } from '../../schema.gen';
import { flag, oneOf, optional, text } from '../../url/params';
import { FORMATS } from './getIt';

export const TABS = ['members', 'classes', 'wrong', 'refresh', 'uses', 'get'] as const;
export type Tab = (typeof TABS)[number];

export const KINDS: ItemKind[] = ['SOURCE', 'LABEL', 'DERIVED', 'BUNDLE', 'ONTOLOGY', 'TRAINING_SET'];

/** Returns the names of the splits of these groups. */
export function splitsOf(groups: { split: string | null }[] | undefined): string[] {
  return [...new Set(groups?.map(({ split }) => split))].filter((split) => split !== null);
}

/** The attribute that names the class of most labels. */
export const BY = 'class';

/** The state of the page. */
export const SET = {
  ref: text(),
  tab: oneOf(TABS, 'members'),
  split: optional,
  /** Only members that are wrong themselves. */
  wrong: flag,
  /** Only members that are not their item's current version. */
  old: flag,
  kind: optional,
  /** The beginning of the members' keys. */
  key: optional,
  /** A value of an attribute, as `class=3`. */
  where: optional,
  /** Shows the members of member sets in place of the sets. */
  flat: flag,
  view: oneOf(['grid', 'table'], 'grid'),
  /** The attribute by which members are counted. */
  by: text(BY),
  /** The tool in whose format the set is written. */
  format: oneOf(FORMATS, 'coco'),
  after: optional,
};

type Filters = { wrong: boolean; old: boolean; kind: string | undefined; key: string | undefined; where: string | undefined };

/** Returns the filter over members; null if the address sets none. */
export function filterOf({ wrong, old, kind, key, where }: Filters): VersionFilter | null {
  const known = KINDS.find((one) => one === kind);
  const filter: VersionFilter = {
    ...(wrong && { wrong: true }),
    ...(old && { isHead: false }),
    ...(known !== undefined && { kinds: [known] }),
    ...(key !== undefined && { keyPrefix: key }),
    ...(where !== undefined && { attribute: readWhere(where) }),
  };
  return Object.keys(filter).length === 0 ? null : filter;
}

/** Reads `path=value`. The value is JSON; what is no JSON is a text. A path alone asks for any value. */
export function readWhere(where: string): { path: string; equals?: unknown; exists?: boolean } {
  const place = where.indexOf('=');
  if (place < 0) return { path: where, exists: true };
  const path = where.slice(0, place);
  const value = where.slice(place + 1);
  try {
    return { path, equals: JSON.parse(value) as unknown };
  } catch {
    return { path, equals: value };
  }
}

/** Writes a condition as `readWhere` reads it. */
export function writeWhere(path: string, value: unknown): string {
  const bare = typeof value === 'string' && !isJson(value);
  return `${path}=${bare ? value : JSON.stringify(value)}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Returns the reference of the version before; none for the first version, and for a reference without a number. */
export function beforeOf(ref: string): { before: string; hasBefore: boolean } {
  const [, item, digits] = /^([^/]+\/TRAINING_SET\/.*)#(\d{1,9})$/.exec(ref) ?? [];
  const number = Number(digits) - 1;
  return item !== undefined && number > 0 ? { before: `${item}#${number}`, hasBefore: true } : { before: ref, hasBefore: false };
}
