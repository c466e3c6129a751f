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
import { ImpactSetsDocument, type ImpactSetsQuery, type ImpactSetsQueryVariables } from './query.gen';

type Row = NonNullable<ImpactSetsQuery['at']['affectedTrainingSets']>['nodes'][number];

interface SetsProps {
  variables: ImpactSetsQueryVariables;
  go(after: string | undefined): void;
}

/** The training sets that contain something wrong. */
export function Sets({ variables, go }: SetsProps) {
  const answer = useAnswer(ImpactSetsDocument, variables);
  return (
    <Block
      title="Training sets"
      asked={answer}
      command={traceCommand(variables)}
      none={({ at }) =>
        at.affectedTrainingSets?.totalCount === 0 ? <Nothing answer={at.affectedTrainingSets} seq={variables.seq} /> : undefined
      }
      extent={({ at }) => {
        const found = at.affectedTrainingSets;
        return extentOf(found?.nodes.length ?? 0, found?.totalCount ?? 0, found?.info, variables.seq);
      }}
      page={({ at }) => at.affectedTrainingSets}
      table={({ at }) => ({
        columns: ['trainingSet', 'affectedCount', 'memberCount', 'affectedFraction', 'staleAtBuild', 'fixedIn', 'tags'],
        rows: (at.affectedTrainingSets?.nodes ?? []).map((row) => [
          reference(row.trainingSet),
          row.affectedCount,
          row.memberCount,
          row.affectedFraction,
          row.staleAtBuild,
          row.fixedIn === null ? null : reference({ ...row.trainingSet, number: row.fixedIn.number }),
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
                  <th scope="col">training set</th>
                  <th scope="col" className="number">
                    wrong
                  </th>
                  <th scope="col" className="number">
                    of
                  </th>
                  <th scope="col">built</th>
                  <th scope="col">fixed in</th>
                  <th scope="col">seen by</th>
                  <th scope="col">tags</th>
                </tr>
              </thead>
              <tbody>
                {at.affectedTrainingSets?.nodes.map((row) => (
                  <SetRow key={row.trainingSet.hash} row={row} />
                ))}
              </tbody>
            </table>
          </div>
          {at.affectedTrainingSets && (
            <Pager pageInfo={at.affectedTrainingSets.pageInfo} info={at.affectedTrainingSets.info} after={variables.after ?? undefined} go={go} />
          )}
        </>
      )}
    </Block>
  );
}

function SetRow({ row }: { row: Row }) {
  const { trainingSet, consumers, fixedIn, tags } = row;
  return (
    <tr>
      <th scope="row">
        <VersionLink of={trainingSet} />
      </th>
      <td className="number">{row.affectedCount.toLocaleString()}</td>
      <td className="number">{row.memberCount.toLocaleString()}</td>
      <td>{row.staleAtBuild ? <span className="mark stale">with known errors</span> : 'before the fix'}</td>
      <td>
        {fixedIn === null ? (
          <span className="mark wrong">not fixed</span>
        ) : (
          <VersionLink of={{ item: trainingSet.item, number: fixedIn.number }} />
        )}
      </td>
      <td>
        {consumers.nodes.map((consumer) => (
          <div key={reference(consumer)}>
            <VersionLink of={consumer} /> <span className="quiet">{kindWords(consumer.item.kind)}</span>
          </div>
        ))}
        {consumers.totalCount > consumers.nodes.length && (
          <span className="quiet">and {consumers.totalCount - consumers.nodes.length} more</span>
        )}
        {consumers.totalCount === 0 && <span className="quiet">–</span>}
      </td>
      <td>
        <Tags tags={tags} />
      </td>
    </tr>
  );
}
