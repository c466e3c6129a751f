import { useAnswer } from '../../api/useAnswer';
import { Pager } from '../../parts/Pager';
import { Affected, affectedTable } from '../../parts/affected/Affected';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { Nothing } from './Nothing';
import { traceCommand } from './question';
import { ImpactModelsDocument, type ImpactModelsQueryVariables } from './queries/models.gen';

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
      table={({ at }) => affectedTable(at.affectedConsumers?.nodes ?? [])}
    >
      {({ at }) => (
        <>
          <Affected rows={at.affectedConsumers?.nodes ?? []} />
          {at.affectedConsumers && (
            <Pager pageInfo={at.affectedConsumers.pageInfo} info={at.affectedConsumers.info} after={variables.after ?? undefined} go={go} />
          )}
        </>
      )}
    </Block>
  );
}
