import type { Asked } from '../../api/useAnswer';
import { Rows } from '../../parts/Rows';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import type { CampaignQuery } from './query.gen';

/** The deployments in use whose model saw what the campaign found wrong. */
export function Stale({ asked, commit, seq }: { asked: Asked<CampaignQuery>; commit: string; seq: string }) {
  return (
    <Block
      title="Still in use"
      asked={asked}
      none={({ at }) =>
        at.campaign?.staleDeployments.totalCount === 0 ? (
          <p className="none">
            No deployment in use saw what commit {commit} found wrong, as of seq {seq}.
          </p>
        ) : undefined
      }
      extent={({ at }) => {
        const found = at.campaign?.staleDeployments;
        return extentOf(found?.nodes.length ?? 0, found?.totalCount ?? 0, found?.info, seq);
      }}
      table={({ at }) => ({
        columns: ['deployment', 'model', 'trainingSet'],
        rows: (at.campaign?.staleDeployments.nodes ?? []).map((row) => [row.deployment, row.model, row.trainingSet].map((one) => one && reference(one))),
      })}
    >
      {({ at }) => (
        <Rows label="Deployments" columns={['deployment', 'its model', 'trained on']}>
          {at.campaign?.staleDeployments.nodes.map((row) => (
            <tr key={row.deployment.hash}>
              <th scope="row">
                <VersionLink of={row.deployment} />
              </th>
              <td>{row.model ? <VersionLink of={row.model} /> : <span className="quiet">–</span>}</td>
              <td>{row.trainingSet ? <VersionLink of={row.trainingSet} /> : <span className="quiet">–</span>}</td>
            </tr>
          ))}
        </Rows>
      )}
    </Block>
  );
}
