/** A value that differs between two attributes, by its path. `undefined` is no value. */
export interface Difference {
  path: string;
  a: unknown;
  b: unknown;
}

/** Compares two JSON values: the paths at which they differ, in the order of names. Lists are compared as a whole. */
export function differences(a: unknown, b: unknown, path = ''): Difference[] {
  if (isObject(a) && isObject(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
    return names.flatMap((name) => differences(own(a, name), own(b, name), path === '' ? escape(name) : `${path}.${escape(name)}`));
  }
  return isEqual(a, b) ? [] : [{ path, a, b }];
}

/** Writes a JSON value on one line, at most `most` characters long. A text is written without quotes. */
export function brief(value: unknown, most = 60): string {
  if (value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Writes the first `most` attributes on one line, those with short values. */
export function briefAttributes(attributes: unknown, most = 3): string {
  if (!isObject(attributes)) return brief(attributes);
  const names = Object.keys(attributes);
  const told = names.filter((name) => !isObject(attributes[name]) && !Array.isArray(attributes[name])).slice(0, most);
  const rest = names.length - told.length;
  const words = told.map((name) => `${name} ${brief(attributes[name], 30)}`);
  return [...words, ...(rest > 0 ? [told.length === 0 ? `${rest} attributes` : `and ${rest} more`] : [])].join(' · ');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A dot in a name is escaped, as in the paths of filters. */
function escape(name: string): string {
  return name.replaceAll('.', '\\.');
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((entry, place) => isEqual(entry, b[place]));
  if (isObject(a) && isObject(b)) return differences(a, b).length === 0;
  return Object.is(a, b) || (a === 0 && b === 0);
}
