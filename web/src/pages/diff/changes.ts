import { brief, briefAttributes, differences } from '../../parts/values/brief';
import type { PicturedFragment } from '../../picture/query.gen';
import { type Source, pictureOf as pictureOfVersion } from '../../picture/source';
import type { Table } from '../../take/table';
import { reference } from '../../url/reference';
import type { DiffVersionFragment } from './queries/changes.gen';

/** A version as one of the two has it: as a member, or as an ancestor without a split. */
export interface Pin {
  version: DiffVersionFragment | (DiffVersionFragment & PicturedFragment);
  split?: string;
  weight?: number | null;
}

/** What became of one item: without `before` it was added, without `after` it was removed. */
export type Change = { before: Pin; after?: undefined } | { before?: undefined; after: Pin } | { before: Pin; after: Pin };

/** Why something changed. */
export interface Cause {
  /** The statements that were made about the version before, oldest first. */
  statements: DiffVersionFragment['statements'];
  /** What is known if there is no statement. */
  otherwise: string;
}

/** Finds the statement that caused a change. */
export function causeOf({ before, after }: Change): Cause {
  const statements = before?.version.statements ?? [];
  if (after === undefined) return { statements, otherwise: 'no statement: it was left out' };
  const made = `version #${after.version.number} of seq ${after.version.seq}${after.version.message === null ? '' : `, “${after.version.message}”`}`;
  if (before === undefined) return { statements: introducing(after.version), otherwise: made };
  if (before.version.hash === after.version.hash) {
    return before.split === after.split
      ? { statements: [], otherwise: `another weight: ${before.weight ?? 'none'} → ${after.weight ?? 'none'}` }
      : { statements: [], otherwise: `moved from ${before.split} to ${after.split}` };
  }
  return { statements, otherwise: `no statement: ${made}` };
}

/** Returns the statements about the version before it that made it. */
function introducing({ hash, parent }: DiffVersionFragment): Cause['statements'] {
  return parent?.statements.filter((statement) => statement.by?.hash === hash) ?? [];
}

/** The content of the one version, or the differences of two such as `class 8 → 9`; after `most` attributes they are counted. */
export function contentChanged({ before, after }: Change, most = 3): string[] {
  if (before === undefined || after === undefined) return [briefAttributes((before ?? after).version.attributes, most)];
  if (before.version.hash === after.version.hash) return [];
  const found = differences(before.version.attributes, after.version.attributes);
  const words = found.slice(0, most).map(({ path, before: old, after: now }) => `${path} ${brief(old)} → ${brief(now)}`);
  if (found.length > most) words.push(`and ${found.length - most} more`);
  if (before.version.payload?.digest !== after.version.payload?.digest) words.push('other payload');
  if (before.version.sources.nodes[0]?.source.hash !== after.version.sources.nodes[0]?.source.hash) words.push('made from other versions');
  return words.length > 0 ? words : ['same attributes and payload'];
}

/** Returns the picture of what changed. */
export function pictureOf({ before, after }: Change): Source | undefined {
  const { version } = after ?? before;
  return 'mediaType' in version ? pictureOfVersion(version) : undefined;
}

export function changesTable(changes: Change[]): Table {
  const pin = (one: Pin | undefined) => (one === undefined ? null : reference(one.version));
  return {
    columns: ['before', 'after', 'splitBefore', 'splitAfter', 'difference', 'statements', 'otherwise'],
    rows: changes.map((change) => {
      const { statements, otherwise } = causeOf(change);
      return [
        pin(change.before),
        pin(change.after),
        change.before?.split ?? null,
        change.after?.split ?? null,
        contentChanged(change, Number.POSITIVE_INFINITY).join('; '),
        statements.map((statement) => `${statement.kind} seq ${statement.commit.seq} ${statement.author}: ${statement.reason}`).join('; '),
        statements.length === 0 ? otherwise : null,
      ];
    }),
  };
}
