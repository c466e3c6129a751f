import { kindWords } from '../../../parts/words/kind';
import { type Fields, fieldsOf } from '../../../picture/shapes/mark';
import { difference } from '../../../parts/values/difference';

/** A class of a class list, with what has become of it. */
export interface ClassRow {
  /** Its name or number, as labels have it. */
  name: string;
  /** All its other fields. */
  fields: Fields;
  state: 'same' | 'added' | 'removed' | 'changed';
  /** The changes that the class lists state: `renamed from wren`. */
  said: string[];
}

export interface StatedChange {
  kind: string;
  from: unknown[] | null;
  to: unknown[] | null;
  classes: unknown[];
}

/** Returns the classes of a class list's attributes; `undefined` if it has no list, because it is too large. */
export function classesOf(attributes: unknown): Map<string, Fields> | undefined {
  const list = fieldsOf(attributes)?.classes;
  if (!Array.isArray(list)) return undefined;
  const found = new Map<string, Fields>();
  for (const entry of list) {
    const { class: name, ...fields } = fieldsOf(entry) ?? { class: entry };
    if (name !== undefined && name !== null) found.set(nameOf(name), fields);
  }
  return found;
}

/** Returns the classes of the newer list in their order, then those that it no longer has. */
export function classRows(older: Map<string, Fields> | undefined, newer: Map<string, Fields>, changes: StatedChange[]): ClassRow[] {
  const rows = [...newer].map(([name, fields]): ClassRow => {
    const before = older?.get(name);
    const state = older === undefined ? 'same' : before === undefined ? 'added' : difference(before, fields).length > 0 ? 'changed' : 'same';
    return { name, fields, state, said: saidOf(name, changes, false) };
  });
  const gone = [...(older ?? [])].filter(([name]) => !newer.has(name));
  return [...rows, ...gone.map(([name, fields]): ClassRow => ({ name, fields, state: 'removed', said: saidOf(name, changes, true) }))];
}

function saidOf(name: string, changes: StatedChange[], isGone: boolean): string[] {
  return changes.flatMap(({ kind, from, to, classes }) => {
    const [before, after] = [(from ?? classes).map(nameOf), (to ?? []).map(nameOf)];
    if (kind === 'REDEFINE') return before.includes(name) ? ['has another meaning'] : [];
    const verb = VERBS[kind] ?? kindWords(kind);
    if (!isGone && after.includes(name)) return [`${verb} from ${before.join(', ')}`];
    if (before.includes(name)) return [after.length > 0 ? `${verb} to ${after.join(', ')}` : verb];
    return [];
  });
}

const VERBS: Record<string, string> = { RENAME: 'renamed', MERGE: 'merged', SPLIT: 'split' };

function nameOf(name: unknown): string {
  return typeof name === 'string' ? name : JSON.stringify(name);
}
