import type { StatementKind } from '../../schema.gen';
import { counted } from './counted';

/** What a statement says, in the past tense. */
export const SAID: Record<StatementKind, string> = {
  CORRECTS: 'Corrected',
  RETRACTS: 'Retracted',
  REINSTATES: 'Reinstated',
  PURGES: 'Purged',
};

const NOUNS: Record<StatementKind, [string, string]> = {
  CORRECTS: ['correction', 'corrections'],
  RETRACTS: ['retraction', 'retractions'],
  REINSTATES: ['reinstatement', 'reinstatements'],
  PURGES: ['purge', 'purges'],
};

/** Writes how many statements there are of each kind: `10 corrections, 3 retractions`. */
export function statementsInWords(statements: { kind: StatementKind }[]): string {
  const counts = new Map<StatementKind, number>();
  for (const { kind } of statements) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return (Object.keys(NOUNS) as StatementKind[])
    .filter((kind) => counts.has(kind))
    .map((kind) => counted(counts.get(kind) ?? 0, ...NOUNS[kind]))
    .join(', ');
}

/** Returns true if a statement says that something is wrong. */
export function saysWrong({ kind }: { kind: StatementKind }): boolean {
  return kind === 'CORRECTS' || kind === 'RETRACTS';
}
