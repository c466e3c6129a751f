import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { Relatives } from './Made';
import type { Shown } from './state';

/** What was made of a version, and the training sets that contain it. */
export function Uses({ version: { derivatives, memberOf } }: { version: Shown }) {
  return (
    <>
      {derivatives.nodes.length === 0 ? (
        <p className="none">Nothing was made of it.</p>
      ) : (
        <Relatives
          label="Derivatives"
          name="made of it"
          rows={derivatives.nodes.map(({ role, asserted, derived }) => ({ role, of: derived, note: asserted ? 'said later' : '' }))}
          total={derivatives.totalCount}
        />
      )}
      {memberOf.nodes.length === 0 ? <p className="none">No training set contains it.</p> : <Sets memberOf={memberOf} />}
    </>
  );
}

function Sets({ memberOf: { nodes, totalCount } }: { memberOf: Shown['memberOf'] }) {
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Training sets that contain it">
        <table>
          <thead>
            <tr>
              <th scope="col">contained in</th>
              <th scope="col">split</th>
              <th scope="col">as</th>
              <th scope="col">state of the set</th>
              <th scope="col">tags</th>
            </tr>
          </thead>
          <tbody>
            {nodes.toReversed().map(({ trainingSet, split, inclusion, pinned, isHead }) => (
              <tr key={`${trainingSet.hash} ${pinned.hash}`}>
                <th scope="row">
                  <VersionLink of={trainingSet} />
                </th>
                <td>{split ?? <span className="quiet">–</span>}</td>
                <td>{inclusion === 'DIRECT' ? 'member' : <>by <VersionLink of={pinned} /></>}</td>
                <td>{isHead ? <span className="mark fixed">current</span> : 'earlier'}</td>
                <td>
                  <Tags tags={trainingSet.tags} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="extent">
        {nodes.length < totalCount && 'newest '}
        {nodes.length.toLocaleString()} of {totalCount.toLocaleString()}
      </p>
    </>
  );
}
