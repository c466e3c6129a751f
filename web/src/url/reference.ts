/** Escapes a value of the address only where it must be, so that references stay readable in it. */
export function escapeValue(value: string): string {
  return value.replace(/[%#&+\s]/g, (mark) => encodeURIComponent(mark)).replace(/"/g, '%22');
}

/** The parts of `namespace/KIND/key#number` and `namespace/KIND/key`. */
export interface Named {
  item: { namespace: string; kind: string; key: string };
  number?: number;
}

/** Returns the reference of an item, or of a version if there is a number: it can be pasted into scripts. */
export function reference({ item, number }: Named): string {
  const name = `${item.namespace}/${item.kind}/${item.key}`;
  return number === undefined ? name : `${name}#${number}`;
}

/** Returns the reference without its kind, for tables of one kind. */
export function shortName({ item, number }: Named): string {
  const name = `${item.namespace}/${item.key}`;
  return number === undefined ? name : `${name}#${number}`;
}

/** Returns the address of the page for a version or an item, at the same moment. */
export function pageOf(named: Named, asOf?: string): string {
  return address(pathOf(named.item.kind), { ref: reference(named), asOf });
}

/** Returns the address of a page with these parameters; those that are undefined are left out. */
export function address(path: string, params: Record<string, string | undefined>): string {
  const given = Object.entries(params).filter((param): param is [string, string] => param[1] !== undefined);
  const query = readable(new URLSearchParams(given));
  return query === '' ? `/${path}` : `/${path}?${query}`;
}

function pathOf(kind: string): string {
  return PATHS[kind] ?? 'item';
}

/** Kinds with a page of their own. */
const PATHS: Record<string, string> = {
  DEPLOYMENT: 'model',
  EVALUATION: 'model',
  MODEL: 'model',
  TRAINING_SET: 'set',
};

/** Writes search parameters without escaping what need not be. */
export function readable(query: URLSearchParams): string {
  return [...query].map(([name, value]) => `${name}=${escapeValue(value)}`).join('&');
}
