import type { ItemKind } from '../../schema.gen';
import { isLater } from '../../moment/seq';
import { optional, text } from '../../url/params';

/** The state of the page: the version, the one it is compared with, and the position in the list of what is wrong. */
export const MODEL = { ref: text(), vs: optional, after: optional };

/** The kinds that the page is for: what sees training sets. */
export const CONSUMERS: ItemKind[] = ['MODEL', 'EVALUATION', 'DEPLOYMENT'];

/** Returns true if a reference names the kind of its item, and the page is not for that kind. */
export function isOther(ref: string): boolean {
  const kind = /^[^/]+\/([A-Z_]+)\//.exec(ref)?.[1];
  return kind !== undefined && !CONSUMERS.some((known) => known === kind);
}

/** Writes the time between two moments in the largest whole unit. */
export function span(from: string, to: string): string {
  const seconds = Math.abs(Date.parse(to) - Date.parse(from)) / 1_000;
  const [length, name] = UNITS.find(([length]) => seconds >= length) ?? [1, 'second'];
  const count = Math.floor(seconds / length);
  if (count === 0) return 'less than a second';
  return `${count.toLocaleString()} ${name}${count === 1 ? '' : 's'}`;
}

const UNITS: [number, string][] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];

/** Says if a statement was known when a version was made. Only seqs order: both may have the same time. */
export function whenSaid(statement: { commit: { seq: string; time: string } }, made: { seq: string; committedAt: string }): string {
  return isLater(statement.commit.seq, made.seq)
    ? `${span(made.committedAt, statement.commit.time)} after it was made`
    : 'known before it was made';
}

/** Writes a part of a whole in per cent, without rounding something to nothing. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = (100 * part) / whole;
  return percent < 0.01 ? 'below 0.01 %' : `${percent.toLocaleString(undefined, { maximumSignificantDigits: 2 })} %`;
}
