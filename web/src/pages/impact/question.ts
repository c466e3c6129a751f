import type { StatementFilter, WrongInput } from '../../schema.gen';
import { shellQuoted } from '../../take/commands';
import { flag, integer, oneOf, optional, seq, text } from '../../url/params';
import type { ImpactModelsQueryVariables } from './queries/models.gen';

/** The state of the page. */
export const IMPACT = {
  by: oneOf(['models', 'sets', 'wrong'], 'models'),
  wrong: text('all'),
  known: seq,
  heads: flag,
  tag: optional,
  restored: flag,
  /** The training set whose members are shown, by its hash. */
  open: optional,
  after: optional,
  /** The place of the first reference whose statements are shown. */
  from: integer(0, 0, 999_999_999),
};

/** How many references have their statements shown at a time. */
export const MOST_NAMED = 5;

/** Reads what the address asks about: `all`, a commit, or references; null if versions and items are mixed. */
export function wrongOf(value: string): WrongInput | null {
  if (value === 'all') return { all: {} };
  if (/^commit:\d+$/.test(value)) return { commit: value };
  const references = [...new Set(value.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (references.every(isVersion)) return { versions: references };
  // Among versions, a name without `#` would be the newest version, which is rarely what is wrong.
  return references.some(isVersion) ? null : { items: references };
}

/** Returns the statements that make what is asked about wrong; `undefined` if versions or items are named. */
export function statedBy({ commit, all }: WrongInput, restored: boolean): StatementFilter | undefined {
  if (commit == null && all == null) return undefined;
  const seq = commit == null ? undefined : String(commit).replace(/^commit:/, '');
  return {
    kinds: ['CORRECTS', 'RETRACTS'],
    ...(!restored && { inForce: true }),
    ...(seq !== undefined && { committed: { from: seq, to: seq } }),
  };
}

function isVersion(name: string): boolean {
  return name.includes('#') || name.startsWith('version:');
}

/** Writes the question for the command line; `undefined` if it has no option for a part of it. */
export function traceCommand({ wrong, seq, known, heads, tagged, restored }: ImpactModelsQueryVariables): string | undefined {
  if (heads || tagged) return undefined;
  return [
    'stemma trace',
    ...askedOf(wrong),
    `--as-of ${seq}`,
    ...(known?.seq ? [`--known-at ${known.seq}`] : []),
    ...(restored ? ['--include-restored'] : []),
  ].join(' ');
}

function askedOf(wrong: WrongInput): string[] {
  if (wrong.commit) return [`--commit ${shellQuoted(String(wrong.commit).replace(/^commit:/, ''))}`];
  const names = wrong.versions ?? wrong.items;
  return names ? [names].flat().map((name) => shellQuoted(String(name))) : ['--all'];
}
