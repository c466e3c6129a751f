import type { Asked } from '../../api/useAnswer';
import { clock, useMoment } from '../../moment/moment';
import { Folded } from '../../parts/Folded';
import { PageLink } from '../../parts/links/PageLink';
import { Statements } from '../../parts/Statements';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { OutsideLink } from '../../parts/links/OutsideLink';
import { Block } from '../../states/Block';
import { reference } from '../../url/reference';
import styles from './Page.module.css';
import { splitsOf } from './params';
import type { SetQuery } from './queries/set.gen';

type Found = SetQuery['at'];
type Version = NonNullable<Found['resolve']>;

/** The version itself: is it sound, is it current, and how did it come from the one before? */
export function About({ asked }: { asked: Asked<SetQuery> }) {
  const { seq } = useMoment();
  const version = asked.data?.at.resolve;
  return (
    <Block
      title={version == null ? 'The training set' : `${version.item.namespace}/${version.item.key}#${version.number}`}
      asked={asked}
      none={({ at }) => (at.resolve === null ? <p className="none">There is no such version as of seq {seq}.</p> : undefined)}
      controls={
        version && (
          <>
            <PageLink to="lineage" params={{ of: reference(version) }}>
              lineage
            </PageLink>
            {version.item.kind === 'TRAINING_SET' && (
              <PageLink to="leakage" params={leakageOf(version)}>
                leakage
              </PageLink>
            )}
            <PageLink to="item" params={{ ref: reference({ item: version.item }) }}>
              all that happened to it
            </PageLink>
          </>
        )
      }
      table={({ at }) => ({
        columns: ['version', 'committedAt', 'memberCount', 'wrongCount', 'isHead', 'wrong', 'tags'],
        rows: (at.resolve?.item.history.nodes ?? []).map((one) => [
          reference({ item: at.resolve!.item, number: one.number }),
          one.committedAt,
          one.memberCount,
          one.freshness?.wrongCount ?? null,
          one.isHead,
          one.wrong,
          one.tags.map(({ name }) => name).join(' '),
        ]),
      })}
    >
      {({ at }) => at.resolve && (at.resolve.item.kind === 'TRAINING_SET' ? <Card version={at.resolve} change={at.trainingSetDiff} /> : <Other version={at.resolve} />)}
    </Block>
  );
}

/** Compares the first two splits of the set, which are nearly always those in question; with one split, another set is to be named. */
function leakageOf(version: Version): Record<string, string> {
  const [one, other] = splitsOf(version.memberSummary?.groups.nodes);
  return { a: reference(version), ...(other !== undefined && { sa: one ?? '', sb: other }) };
}

function Other({ version }: { version: Version }) {
  return (
    <p className="none">
      This is no training set: see <VersionLink of={version} />.
    </p>
  );
}

function Card({ version, change }: ChangeProps) {
  const { activity, freshness, item, sources } = version;
  return (
    <>
      <p className={styles.facts}>
        <strong>{version.memberCount?.toLocaleString()} members</strong>
        {version.flatMemberCount !== version.memberCount && <span>{version.flatMemberCount?.toLocaleString()} with those of the sets in it</span>}
        {version.completeManifest === true ? <span>the list is complete</span> : <span className="mark stale">holds more than is listed</span>}
        {version.wrong && <span className="mark wrong">wrong itself</span>}
        {freshness !== null && <Soundness freshness={freshness} isWrong={version.wrong} />}
        {version.isHead ? <span className="mark fixed">current version</span> : <span className="mark stale">not current</span>}
        {version.tags.length > 0 && (
          <span>
            <Tags tags={version.tags} />
          </span>
        )}
      </p>
      <p className="quiet">
        made in seq {version.seq} · {clock(version.committedAt)} · by {version.author}
        {version.message !== null && ` · “${version.message}”`}
        {activity !== null && ` · by ${activity.name}`}
        {activity?.codeReference != null && (
          <>
            {' '}
            · code <OutsideLink text={activity.codeReference} />
          </>
        )}
      </p>
      <Statements of={version.statements} />
      {sources.totalCount > 0 && (
        <p>
          made from{' '}
          {sources.nodes.map(({ role, source }) => (
            <span key={`${role} ${source.hash}`}>
              <VersionLink of={source} /> <span className="quiet">{role}</span>{' '}
            </span>
          ))}
          {sources.totalCount > sources.nodes.length && `and ${(sources.totalCount - sources.nodes.length).toLocaleString()} more`}
        </p>
      )}
      <ol className={styles.versions} aria-label="Versions of the set">
        {item.history.totalCount > item.history.nodes.length && (
          <li className="quiet">{(item.history.totalCount - item.history.nodes.length).toLocaleString()} earlier</li>
        )}
        {item.history.nodes.map((one) => (
          <li key={one.hash} aria-current={one.hash === version.hash ? 'true' : undefined}>
            <VersionLink of={{ item, number: one.number }} />
            <span>
              {one.memberCount?.toLocaleString()} members
              {one.freshness !== null && one.freshness.wrongCount > 0 && (
                <>
                  {' '}
                  <span className="mark wrong">{one.freshness.wrongCount.toLocaleString()} wrong</span>
                </>
              )}
            </span>
            <span className="quiet">{clock(one.committedAt)}</span>
            {one.tags.length > 0 && (
              <span>
                <Tags tags={one.tags} />
              </span>
            )}
          </li>
        ))}
      </ol>
      {version.number > 1 && <Change version={version} change={change} />}
      <Folded title="Parameters" of={activity?.parameters} />
      <Folded title="Attributes" of={version.attributes} />
    </>
  );
}

function Soundness({ freshness, isWrong }: { freshness: NonNullable<Version['freshness']>; isWrong: boolean }) {
  return (
    <>
      {freshness.wrongCount > 0 ? (
        <span className="mark wrong">{freshness.wrongCount.toLocaleString()} wrong</span>
      ) : (
        !isWrong && <span className="mark fixed">{freshness.fresh ? 'sound and fresh' : 'sound'}</span>
      )}
      {freshness.supersededCount > 0 && <span className="mark stale">{freshness.supersededCount.toLocaleString()} superseded</span>}
    </>
  );
}

interface ChangeProps {
  version: Version;
  /** Undefined if the address names no number: then the version before is known only with the answer. */
  change: Found['trainingSetDiff'] | undefined;
}

/** The difference to the version before. */
function Change({ version, change }: ChangeProps) {
  const before = reference({ item: version.item, number: version.number - 1 });
  return (
    <p>
      since #{version.number - 1}: {change && `${wordsOf(change)} `}
      <PageLink to="diff" params={{ a: before, b: reference(version) }}>
        what changed
      </PageLink>
    </p>
  );
}

function wordsOf({ repinned, added, removed }: NonNullable<Found['trainingSetDiff']>): string {
  const parts = [
    [repinned.totalCount, 're-pinned'],
    [added.totalCount, 'added'],
    [removed.totalCount, 'removed'],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString()} ${what}`);
  return words.length === 0 ? 'the same members' : words.join(', ');
}
