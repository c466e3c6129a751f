import type { Asked } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { PageLink } from '../../parts/links/PageLink';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import { share } from './params';
import type { ModelQuery } from './queries/model.gen';

type Found = ModelQuery['at'];
type Edge = NonNullable<Found['sets']>['edges'][number];

interface TrainedOnProps {
  asked: Asked<ModelQuery>;
  /** The number of wrong versions upstream, in the sets and beyond, once it is known. */
  upstream: number | undefined;
}

/** The training sets that the model saw, directly or through the models it was made from. */
export function TrainedOn({ asked, upstream }: TrainedOnProps) {
  const { seq } = useMoment();
  return (
    <Block
      title={asked.data?.at.resolve?.item.kind === 'MODEL' ? 'Trained on' : 'Training sets behind it'}
      asked={asked}
      none={({ at }) =>
        at.sets?.totalCount === 0 ? (
          <p className="none">
            It was made from no training set that is recorded as of seq {seq}
            {at.sets.info.complete ? '.' : ', as far as the answer goes.'}
          </p>
        ) : undefined
      }
      extent={({ at }) => extentOf(at.sets?.edges.length ?? 0, at.sets?.totalCount ?? 0, at.sets?.info, seq)}
      table={({ at }) => ({
        columns: ['trainingSet', 'role', 'distance', 'memberCount', 'wrongCount', 'supersededCount', 'completeManifest', 'current', 'currentWrongCount'],
        rows: (at.sets?.edges ?? []).map((edge) => [
          reference(edge.node),
          roleOf(edge, at) ?? null,
          edge.depth,
          edge.node.freshness?.memberCount ?? null,
          edge.node.freshness?.wrongCount ?? null,
          edge.node.freshness?.supersededCount ?? null,
          edge.node.completeManifest,
          reference({ item: edge.node.item, number: edge.node.item.head.number }),
          edge.node.item.head.freshness?.wrongCount ?? null,
        ]),
      })}
    >
      {({ at }) => (
        <>
          <Verdict sets={at.sets} different={at.affected?.info.complete === true ? at.affected.nodes[0]?.wrongCount : undefined} upstream={upstream} seq={seq} />
          <div className="scroll" tabIndex={0} role="region" aria-label="Training sets">
            <table>
              <thead>
                <tr>
                  <th scope="col">training set</th>
                  <th scope="col">as</th>
                  <th scope="col" className="number">
                    members
                  </th>
                  <th scope="col" className="number">
                    wrong
                  </th>
                  <th scope="col" className="number">
                    superseded
                  </th>
                  <th scope="col">the set now</th>
                  <th scope="col">tags</th>
                </tr>
              </thead>
              <tbody>
                {at.sets?.edges.map((edge) => (
                  <SetRow key={edge.node.hash} edge={edge} role={roleOf(edge, at)} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Block>
  );
}

interface VerdictProps extends Pick<TrainedOnProps, 'upstream'> {
  sets: Found['sets'];
  /** The number of wrong versions in all sets, each counted once, if it is known. */
  different: number | undefined;
  seq: string;
}

/** The answer in one sentence. Numbers of several sets are not added: a label may be in more than one. */
function Verdict({ sets, different, upstream, seq }: VerdictProps) {
  const nodes = sets?.edges.map(({ node }) => node) ?? [];
  const wrong = nodes.reduce((most, { freshness }) => most + (freshness?.wrongCount ?? 0), 0);
  const isKnown = sets?.info.complete === true && sets.totalCount === nodes.length && nodes.every(({ completeManifest }) => completeManifest);
  const [only] = nodes;
  if (wrong > 0) {
    return (
      <p>
        <span className="mark wrong">not sound</span>{' '}
        {nodes.length === 1 && only?.freshness
          ? `It saw ${wrong.toLocaleString()} ${wrong === 1 ? 'member that is' : 'members that are'} known to be wrong as of seq ${seq}: ${share(wrong, only.freshness.memberCount)} of the set.`
          : `Its sets hold members that are known to be wrong as of seq ${seq}. A member of several sets counts in each${
              different === undefined ? '' : `; ${different.toLocaleString()} different versions are wrong`
            }.`}
      </p>
    );
  }
  if (nodes.some(({ freshness }) => freshness?.sound === false)) {
    return (
      <p>
        <span className="mark wrong">not sound</span> A set that it saw is wrong itself.
      </p>
    );
  }
  if (upstream === undefined || upstream > 0 || !isKnown) {
    return (
      <p>
        <span className="mark stale">{isKnown && upstream === undefined ? 'sets are sound' : 'see below'}</span> Nothing in these sets is known to be
        wrong as of seq {seq}
        {!isKnown && '; but not everything that they hold is known'}
        {upstream !== undefined && upstream > 0 && `; but ${upstream.toLocaleString()} of what is upstream of it is wrong`}.
      </p>
    );
  }
  return (
    <p>
      <span className="mark fixed">sound</span> Nothing that it saw is known to be wrong as of seq {seq}.
    </p>
  );
}

function SetRow({ edge: { depth, node }, role }: { edge: Edge; role: string | undefined }) {
  const { freshness, item } = node;
  const isHead = item.head.hash === node.hash;
  return (
    <tr>
      <th scope="row">
        <VersionLink of={node} /> {node.wrong && <span className="mark wrong">wrong itself</span>}
        {!node.completeManifest && <div className="quiet">holds more than its listed members</div>}
      </th>
      <td>{role ?? <span className="quiet">{depth} steps away</span>}</td>
      <td className="number">{freshness?.memberCount.toLocaleString()}</td>
      <td className="number">
        {freshness && freshness.wrongCount > 0 ? <span className="mark wrong">{freshness.wrongCount.toLocaleString()} wrong</span> : '0'}
      </td>
      <td className="number">{freshness?.supersededCount.toLocaleString()}</td>
      <td>
        {isHead ? (
          'still current'
        ) : (
          <>
            <VersionLink of={{ item, number: item.head.number }} />{' '}
            <span className="quiet">{item.head.freshness?.wrongCount === 0 ? 'without anything wrong' : `${item.head.freshness?.wrongCount.toLocaleString()} wrong`}</span>{' '}
            <PageLink to="diff" params={{ a: reference(node), b: reference({ item, number: item.head.number }) }}>
              what changed
            </PageLink>
          </>
        )}
      </td>
      <td>
        <Tags tags={node.tags} />
      </td>
    </tr>
  );
}

/** The role of a set that is a direct source. */
function roleOf({ node }: Edge, at: Found): string | undefined {
  return at.resolve?.sources.nodes.find(({ source }) => source.hash === node.hash)?.role;
}
