import type { ItemFilter, ItemKind, ItemOrder } from '../../schema.gen';
import { filterOf, readConditions } from '../../url/condition';
import { type Param, oneOf, optional, text } from '../../url/params';

export const KINDS = [
  'SOURCE',
  'LABEL',
  'DERIVED',
  'BUNDLE',
  'ONTOLOGY',
  'TRAINING_SET',
  'MODEL',
  'EVALUATION',
  'DEPLOYMENT',
] as const satisfies ItemKind[];

/** Kinds with commas between them. Unknown ones are ignored. */
const kinds: Param<ItemKind[]> = {
  read: (value) => KINDS.filter((kind) => value?.split(',').includes(kind)),
  write: (value) => (value.length === 0 ? null : value.join(',')),
};

/** Yes, no, or not asked. */
const asked: Param<boolean | undefined> = {
  read: (value) => (value === '1' ? true : value === '0' ? false : undefined),
  write: (value) => (value === undefined ? null : value ? '1' : '0'),
};

const ORDERS = ['key', 'newest', 'oldest', 'created', 'key-descending'] as const;

export const ORDER: Record<(typeof ORDERS)[number], { order: ItemOrder; name: string }> = {
  key: { order: 'KEY', name: 'name' },
  'key-descending': { order: 'KEY_DESCENDING', name: 'name, from the end' },
  newest: { order: 'COMMITTED_DESCENDING', name: 'newest change first' },
  oldest: { order: 'COMMITTED', name: 'oldest change first' },
  created: { order: 'CREATED_DESCENDING', name: 'newest item first' },
};

/** The state of the page. */
export const SEARCH = {
  q: text(),
  kind: kinds,
  ns: text(),
  /** The beginning of the key. */
  key: text(),
  tag: text(),
  author: text(),
  attr: text(),
  wrong: asked,
  stale: asked,
  sort: oneOf(ORDERS, 'key'),
  after: optional,
};

interface Asked {
  q: string;
  kind: ItemKind[];
  ns: string;
  key: string;
  tag: string;
  author: string;
  attr: string;
  wrong: boolean | undefined;
  stale: boolean | undefined;
}

/** Returns the filter of the API; null if the conditions on attributes cannot be read. */
export function searchFilter({ q, kind, ns, key, tag, author, attr, wrong, stale }: Asked): ItemFilter | null {
  const conditions = readConditions(attr);
  if (conditions === null) return null;
  return {
    // The last word is a prefix only if nothing follows it.
    ...(q.trim() !== '' && { words: q }),
    ...(kind.length > 0 && { kinds: kind }),
    ...(ns !== '' && { namespaces: listOf(ns) }),
    ...(key !== '' && { keyPrefix: key }),
    ...(tag !== '' && { tags: [tag] }),
    ...(author !== '' && { authors: [author] }),
    ...(conditions.length > 0 && { attributes: conditions.map(filterOf) }),
    ...(wrong !== undefined && { wrong }),
    ...(stale !== undefined && { stale }),
  };
}

function listOf(value: string): string[] {
  return value.split(',').map((name) => name.trim()).filter((name) => name !== '');
}

/** Returns the digest that is searched for, if it is one. */
export function digestOf(q: string): string | undefined {
  return /^b3:[0-9a-f]{64}$/.test(q.trim()) ? q.trim() : undefined;
}
