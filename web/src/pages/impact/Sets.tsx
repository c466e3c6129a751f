import { Fragment } from 'react';

import { kindWords } from '../../parts/words/kind';
import { useAnswer } from '../../api/useAnswer';
import { Pager } from '../../parts/Pager';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference, shortName } from '../../url/reference';
import { Inside } from './Inside';
import { Nothing } from './Nothing';
import { traceCommand } from './question';
import { ImpactSetsDocument, type ImpactSetsQuery, type ImpactSetsQueryVariables } from './queries/sets.gen';

type Row = NonNullable<ImpactSetsQuery['at']['affectedTrainingSets']>['nodes'][number];

interface SetsProps {
  variables: ImpactSetsQueryVariables;
  go(after: string | undefined): void;
  /** The hash of the set whose members are shown. */
  open: string | undefined;
  show(open: string | undefined): void;
}

/** The training sets that contain something wrong. */
export function Sets({ variables, go, open, show }: SetsProps) {
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
                {at.affectedTrainingSets?.nodes.map((row, index) => (
                  <Fragment key={row.trainingSet.hash}>
                    <SetRow row={row} isOpen={row.trainingSet.hash === open} toggle={() => show(row.trainingSet.hash === open ? undefined : row.trainingSet.hash)} />
                    {row.trainingSet.hash === open && (
                      <tr>
                        <td colSpan={7}>
                          <Inside name={shortName(row.trainingSet)} variables={insideOf(variables, at.affectedTrainingSets?.edges[index - 1]?.cursor)} />
                        </td>
                      </tr>
                    )}
                  </Fragment>
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

/** The question about the row after a position; the first one follows the position of the page. */
function insideOf({ first: _first, after, ...asked }: ImpactSetsQueryVariables, cursor: string | undefined) {
  return { ...asked, before: cursor ?? after ?? null };
}

function SetRow({ row, isOpen, toggle }: { row: Row; isOpen: boolean; toggle(): void }) {
  const { trainingSet, consumers, fixedIn, tags } = row;
  return (
    <tr>
      <th scope="row">
        <VersionLink of={trainingSet} />
      </th>
      <td className="number">
        <button type="button" aria-expanded={isOpen} aria-label={`${row.affectedCount} wrong in ${shortName(trainingSet)}: show them`} onClick={toggle}>
          {row.affectedCount.toLocaleString()}
        </button>
      </td>
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
