import { counted } from '../words/counted';
import type { Change } from './difference';
import { isEqual, isObject, own } from './json';

/**
 * Compares two JSON values: the paths at which they differ, in the order of names. For one line of text: lists are
 * compared as a whole, and paths are those of filters (`box.x`), not JSON pointers.
 */
export function differences(before: unknown, after: unknown, path = ''): Change[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => differences(own(before, name), own(after, name), path === '' ? escape(name) : `${path}.${escape(name)}`));
  }
  return isEqual(before, after) ? [] : [{ path, before, after }];
}

/** Writes a JSON value on one line, at most `most` characters long. A text is written without quotes. */
export function brief(value: unknown, most = 60): string {
  if (value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Writes the first `most` attributes on one line, each value at most `length` characters long. Lists and objects are counted only. */
export function briefAttributes(attributes: unknown, most = 3, length = 30): string {
  if (!isObject(attributes)) return brief(attributes);
  const names = Object.keys(attributes);
  const told = names.filter((name) => !isObject(attributes[name]) && !Array.isArray(attributes[name])).slice(0, most);
  const rest = names.length - told.length;
  const words = told.map((name) => `${name} ${brief(attributes[name], length)}`);
  return [...words, ...(rest > 0 ? [told.length === 0 ? counted(rest, 'attribute') : `and ${rest} more`] : [])].join(' · ');
}

/** A dot in a name is escaped, as in the paths of filters. */
function escape(name: string): string {
  return name.replaceAll('.', '\\.');
}
