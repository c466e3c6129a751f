import type { WrongInput } from '../../schema.gen';
import { flag, oneOf, optional, seq, text } from '../../url/params';

/** The state of the page. */
export const IMPACT = {
  by: oneOf(['models', 'sets'], 'models'),
  wrong: text('all'),
  known: seq,
  heads: flag,
  tag: optional,
  restored: flag,
  after: optional,
};

/** Reads what the address asks about: `all`, a commit, or references; null if versions and items are mixed. */
export function wrongOf(value: string): WrongInput | null {
  if (value === 'all') return { all: {} };
  if (/^commit:\d+$/.test(value)) return { commit: value };
  const references = value.split(',').map((name) => name.trim()).filter((name) => name !== '');
  if (references.every(isVersion)) return { versions: references };
  // Among versions, a name without `#` would be the newest version, which is rarely what is wrong.
  return references.some(isVersion) ? null : { items: references };
}

function isVersion(name: string): boolean {
  return name.includes('#') || name.startsWith('version:');
}

/** Writes the question for the command line. */
export function traceCommand(value: string, seq: string): string {
  const asked = value === 'all' ? '--all' : value.startsWith('commit:') ? `--commit ${value.slice(7)}` : value.split(',').map((name) => `'${name.trim()}'`).join(' ');
  return `stemma trace ${asked} --as-of ${seq}`;
}
