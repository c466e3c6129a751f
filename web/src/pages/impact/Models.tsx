import { kindWords } from '../../parts/words/kind';
import { useAnswer } from '../../api/useAnswer';
import { Pager } from '../../parts/Pager';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import { Nothing } from './Nothing';
import { traceCommand } from './question';
import { ImpactModelsDocument, type ImpactModelsQuery, type ImpactModelsQueryVariables } from './query.gen';

type Row = NonNullable<ImpactModelsQuery['at']['affectedConsumers']>['nodes'][number];

interface ModelsProps {
  variables: ImpactModelsQueryVariables;
  go(after: string | undefined): void;
}

/** The models, evaluations and deployments that saw something wrong. */
export function Models({ variables, go }: ModelsProps) {
  const answer = useAnswer(ImpactModelsDocument, variables);
  return (
    <Block
      title="Models, evaluations and deployments"
      asked={answer}
      command={traceCommand(variables)}
      none={({ at }) => (at.affectedConsumers?.totalCount === 0 ? <Nothing answer={at.affectedConsumers} seq={variables.seq} /> : undefined)}
      extent={({ at }) => {
        const found = at.affectedConsumers;
        return extentOf(found?.nodes.length ?? 0, found?.totalCount ?? 0, found?.info, variables.seq);
      }}
      page={({ at }) => at.affectedConsumers}
      table={({ at }) => ({
        columns: ['consumer', 'wrongCount', 'through', 'staleAtBuild', 'fixedIn', 'tags'],
        rows: (at.affectedConsumers?.nodes ?? []).map((row) => [
          reference(row.consumer),
          row.wrongCount,
          row.through.nodes.map(reference).join(' '),
          row.staleAtBuild,
          row.fixedIn === null ? null : reference({ ...row.consumer, number: row.fixedIn.number }),
          row.tags.map(({ name }) => name).join(' '),
        ]),
      })}
    >
      {({ at }) => (
        <>
          <div className="scroll" tabIndex={0} role="region" aria-label="Rows">
            <table>
              <thead>
                <tr>
                  <th scope="col">model</th>
                  <th scope="col" className="number">
                    saw
                  </th>
                  <th scope="col">in</th>
                  <th scope="col">built</th>
                  <th scope="col">fixed in</th>
                  <th scope="col">tags</th>
                </tr>
              </thead>
              <tbody>
                {at.affectedConsumers?.nodes.map((row) => (
                  <ModelRow key={row.consumer.hash} row={row} />
                ))}
              </tbody>
            </table>
          </div>
          {at.affectedConsumers && (
            <Pager pageInfo={at.affectedConsumers.pageInfo} info={at.affectedConsumers.info} after={variables.after ?? undefined} go={go} />
          )}
        </>
      )}
    </Block>
  );
}

function ModelRow({ row }: { row: Row }) {
  const { consumer, through, wrongCount, fixedIn, tags } = row;
  return (
    <tr>
      <th scope="row">
        <VersionLink of={consumer} /> <span className="quiet">{kindWords(consumer.item.kind)}</span>
      </th>
      <td className="number">
        {row.inclusion === 'SELF' ? <span className="mark wrong">wrong itself</span> : `${wrongCount.toLocaleString()} wrong`}
      </td>
      <td>
        {through.nodes.map((set) => (
          <div key={reference(set)}>
            <VersionLink of={set} /> {set.memberCount !== null && <span className="quiet">of {set.memberCount.toLocaleString()}</span>}
          </div>
        ))}
        {through.totalCount > through.nodes.length && <span className="quiet">and {through.totalCount - through.nodes.length} more</span>}
      </td>
      <td>{row.staleAtBuild ? <span className="mark stale">with known errors</span> : 'before the fix'}</td>
      <td>
        {fixedIn === null ? (
          <span className="mark wrong">not fixed</span>
        ) : (
          <VersionLink of={{ item: consumer.item, number: fixedIn.number }} />
        )}
      </td>
      <td>
        <Tags tags={tags} />
      </td>
    </tr>
  );
}
