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
import { CONSUMERS } from './params';
import type { ModelQuery } from './queries/model.gen';

type Version = NonNullable<ModelQuery['at']['resolve']>;

/** The version itself: when and how it was made, and what was said about it. */
export function About({ asked }: { asked: Asked<ModelQuery> }) {
  const { seq } = useMoment();
  const version = asked.data?.at.resolve;
  return (
    <Block
      title={version == null ? 'The model' : `${NAMES[version.item.kind] ?? version.item.kind} ${version.item.namespace}/${version.item.key}#${version.number}`}
      asked={asked}
      none={({ at }) => (at.resolve === null ? <p className="none">There is no such version as of seq {seq}.</p> : undefined)}
      controls={
        version && (
          <>
            <PageLink to="lineage" params={{ of: reference(version) }}>
              lineage
            </PageLink>
            <PageLink to="item" params={{ ref: reference({ item: version.item }) }}>
              all that happened to it
            </PageLink>
          </>
        )
      }
      table={({ at }) => ({
        columns: ['version', 'hash', 'seq', 'committedAt', 'author', 'message', 'wrong', 'tags', 'code', 'parameters', 'attributes'],
        rows: at.resolve === null ? [] : [row(at.resolve)],
      })}
    >
      {({ at }) => at.resolve && <Card version={at.resolve} />}
    </Block>
  );
}

function Card({ version }: { version: Version }) {
  const { activity, item, sources } = version;
  const head = item.history.nodes.findLast(({ isHead }) => isHead);
  const others = sources.nodes.filter(({ source }) => source.item.kind !== 'TRAINING_SET');
  return (
    <>
      {!CONSUMERS.includes(item.kind) && (
        <p className="none">
          This is no model, evaluation or deployment: see <VersionLink of={version} />.
        </p>
      )}
      <p>
        {version.wrong && <span className="mark wrong">wrong itself</span>}{' '}
        {version.isHead ? (
          <span className="mark fixed">current version</span>
        ) : (
          head && (
            <>
              <span className="mark stale">not current</span> the current version is <VersionLink of={{ item, number: head.number }} />
            </>
          )
        )}{' '}
        {version.tags.length > 0 && <Tags tags={version.tags} />}
      </p>
      <p className="quiet">
        made in seq {version.seq} · {clock(version.committedAt)} · by {version.author}
        {version.message !== null && ` · “${version.message}”`}
      </p>
      <Statements of={version.statements} />
      {activity !== null && (
        <p>
          made by {activity.name}
          {activity.codeReference !== null && (
            <>
              {' '}
              · code <OutsideLink text={activity.codeReference} />
            </>
          )}
          {activity.startedAt !== null && ` · from ${clock(activity.startedAt)}`}
          {activity.endedAt !== null && ` to ${clock(activity.endedAt)}`}
        </p>
      )}
      {others.length > 0 && (
        <p>
          {sources.totalCount > sources.nodes.length && `Of ${sources.totalCount.toLocaleString()} sources, `}made from{' '}
          {others.map(({ role, source }) => (
            <span key={`${role} ${source.hash}`}>
              <VersionLink of={source} /> <span className="quiet">{role}</span> {source.wrong && <span className="mark wrong">wrong</span>}{' '}
            </span>
          ))}
        </p>
      )}
      <Folded title="Parameters" of={activity?.parameters} />
      <Folded title="Attributes" of={version.attributes} />
    </>
  );
}

const NAMES: Record<string, string> = { MODEL: 'Model', EVALUATION: 'Evaluation', DEPLOYMENT: 'Deployment' };

function row(version: Version) {
  return [
    reference(version),
    version.hash,
    version.seq,
    version.committedAt,
    version.author,
    version.message,
    version.wrong,
    version.tags.map(({ name }) => name).join(' '),
    version.activity?.codeReference ?? null,
    version.activity === null ? null : JSON.stringify(version.activity.parameters),
    JSON.stringify(version.attributes),
  ];
}
