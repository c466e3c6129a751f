import type { StatementKind } from '../schema.gen';
import type { Named } from '../url/reference';
import { CommitLink } from './links/CommitLink';
import { VersionLink } from './links/VersionLink';
import { SAID } from './words/said';

interface StatementsProps {
  of: { place: number; kind: StatementKind; reason: string; author: string; commit: { seq: string }; by?: { number: number } | null }[];
  /** The item, if corrections shall name the version that replaces. */
  item?: Named['item'];
}

/** What was said about a version, oldest first. */
export function Statements({ of, item }: StatementsProps) {
  return of.map(({ place, kind, reason, author, commit, by }) => (
    <p key={`${commit.seq}.${place}`} className="statement">
      <strong>{SAID[kind]}</strong> by {author} in <CommitLink seq={commit.seq}>seq {commit.seq}</CommitLink>: “{reason}”
      {item !== undefined && by != null && (
        <>
          {' '}
          → <VersionLink of={{ item, number: by.number }} />
        </>
      )}
    </p>
  ));
}
