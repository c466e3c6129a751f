import { clock } from '../../moment/moment';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/VersionLink';
import type { ItemQuery } from './query.gen';

type Item = NonNullable<ItemQuery['at']['item']>;
type Version = Item['history']['nodes'][number];

interface HistoryProps {
  item: Item;
  before: string | undefined;
  go(before: string | undefined): void;
}

/** The versions of an item, newest first, each with what was said about it. */
export function History({ item, before, go }: HistoryProps) {
  const { nodes, pageInfo, totalCount } = item.history;
  return (
    <>
      <ol className="history">
        {nodes.toReversed().map((version) => (
          <li key={version.hash}>
            <VersionCard version={version} item={item} />
          </li>
        ))}
      </ol>
      <p className="extent">
        {nodes.length.toLocaleString()} of {totalCount.toLocaleString()} versions
      </p>
      {(pageInfo.hasPreviousPage || before !== undefined) && (
        <p className="controls">
          <button type="button" disabled={before === undefined} onClick={() => go(undefined)}>
            To the newest
          </button>
          <button type="button" disabled={!pageInfo.hasPreviousPage} onClick={() => go(pageInfo.startCursor ?? undefined)}>
            Older
          </button>
        </p>
      )}
    </>
  );
}

function VersionCard({ version, item }: { version: Version; item: Item }) {
  return (
    <article className="version">
      <h3>
        #{version.number} {version.wrong ? <span className="mark wrong">WRONG</span> : version.isHead ? <span className="mark fixed">current</span> : null}{' '}
        <Tags tags={version.tags} />
      </h3>
      <p className="quiet">
        seq {version.seq} · {clock(version.committedAt)} · {version.author}
        {version.message !== null && ` · “${version.message}”`}
      </p>
      {version.statements.map((statement) => (
        <p key={`${statement.commit.seq}.${statement.place}`}>
          <strong>{VERBS[statement.kind] ?? statement.kind}</strong> by {statement.author} in seq {statement.commit.seq}: “{statement.reason}”
          {statement.by !== null && (
            <>
              {' '}
              → <VersionLink of={{ item, number: statement.by.number }} />
            </>
          )}
        </p>
      ))}
      <pre className="attributes">{JSON.stringify(version.attributes, null, 2)}</pre>
      {version.sources.nodes.length > 0 && (
        <p>
          made from{' '}
          {version.sources.nodes.map(({ role, source }) => (
            <span key={source.hash}>
              <VersionLink of={source} /> <span className="quiet">{role}</span>{' '}
            </span>
          ))}
        </p>
      )}
      {version.memberOf.nodes.length > 0 && (
        <p>
          member of{' '}
          {version.memberOf.nodes.map(({ trainingSet, split }) => (
            <span key={trainingSet.hash}>
              <VersionLink of={trainingSet} /> <span className="quiet">{split}</span>{' '}
            </span>
          ))}
          {version.memberOfCount > version.memberOf.nodes.length && `and ${version.memberOfCount - version.memberOf.nodes.length} more`}
        </p>
      )}
    </article>
  );
}

const VERBS: Record<string, string> = {
  CORRECTS: 'Corrected',
  RETRACTS: 'Retracted',
  REINSTATES: 'Reinstated',
  PURGES: 'Purged',
};
