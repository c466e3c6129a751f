import { kindWords } from '../../parts/words/kind';
import type { Asked } from '../../api/useAnswer';
import { clock, useMoment } from '../../moment/moment';
import { briefAttributes } from '../../parts/values/brief';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import type { ModelQuery } from './queries/model.gen';

/** Evaluations, deployments and further models made of it. */
export function Runs({ asked }: { asked: Asked<ModelQuery> }) {
  const { seq } = useMoment();
  return (
    <Block
      title="Runs on it"
      asked={asked}
      none={({ at }) =>
        at.runs?.totalCount === 0 && at.runs.info.complete ? (
          <p className="none">No evaluation, deployment or other model was made of it as of seq {seq}.</p>
        ) : undefined
      }
      extent={({ at }) => extentOf(at.runs?.edges.length ?? 0, at.runs?.totalCount ?? 0, at.runs?.info, seq)}
      table={({ at }) => ({
        columns: ['version', 'kind', 'distance', 'isHead', 'wrong', 'committedAt', 'tags', 'attributes'],
        rows: (at.runs?.edges ?? []).map(({ depth, node }) => [
          reference(node),
          node.item.kind,
          depth,
          node.isHead,
          node.wrong,
          node.committedAt,
          node.tags.map(({ name }) => name).join(' '),
          JSON.stringify(node.attributes),
        ]),
      })}
    >
      {({ at }) => (
        <div className="scroll" tabIndex={0} role="region" aria-label="Made of it">
          <table>
            <thead>
              <tr>
                <th scope="col">version</th>
                <th scope="col">kind</th>
                <th scope="col">state</th>
                <th scope="col">made</th>
                <th scope="col">says</th>
                <th scope="col">tags</th>
              </tr>
            </thead>
            <tbody>
              {at.runs?.edges.map(({ depth, node }) => (
                <tr key={node.hash}>
                  <th scope="row">
                    <VersionLink of={node} />
                  </th>
                  <td>
                    {kindWords(node.item.kind)}
                    {depth > 1 && <span className="quiet"> · {depth} steps away</span>}
                  </td>
                  <td>
                    {node.wrong ? (
                      <span className="mark wrong">wrong itself</span>
                    ) : node.isHead ? (
                      'current'
                    ) : (
                      <span className="quiet">not current</span>
                    )}
                  </td>
                  <td>{clock(node.committedAt)}</td>
                  <td>{briefAttributes(node.attributes, 3, 300)}</td>
                  <td>
                    <Tags tags={node.tags} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Block>
  );
}
