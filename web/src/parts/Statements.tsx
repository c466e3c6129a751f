import type { StatementKind } from '../schema.gen';

interface StatementsProps {
  of: { place: number; kind: StatementKind; reason: string; author: string; commit: { seq: string } }[];
}

const VERBS: Record<StatementKind, string> = {
  CORRECTS: 'Corrected',
  PURGES: 'Purged',
  REINSTATES: 'Reinstated',
  RETRACTS: 'Retracted',
};

/** What was said about a version, oldest first. */
export function Statements({ of }: StatementsProps) {
  return of.map(({ place, kind, reason, author, commit }) => (
    <p key={`${commit.seq}.${place}`}>
      <strong>{VERBS[kind]}</strong> by {author} in seq {commit.seq}: “{reason}”
    </p>
  ));
}
