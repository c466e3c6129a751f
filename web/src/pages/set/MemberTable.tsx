import { kindWords } from '../../parts/words/kind';
import { briefAttributes } from '../../parts/values/brief';
import { VersionLink } from '../../parts/links/VersionLink';
import type { MemberPageFragment } from './queries/members.gen';

/** Members as rows. */
export function MemberTable({ members }: { members: MemberPageFragment['nodes'] }) {
  const isWeighted = members.some(({ weight }) => weight !== null);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Rows">
      <table>
        <thead>
          <tr>
            <th scope="col">member</th>
            <th scope="col">kind</th>
            <th scope="col">attributes</th>
            <th scope="col">split</th>
            {isWeighted && (
              <th scope="col" className="number">
                weight
              </th>
            )}
            <th scope="col">state</th>
            <th scope="col">content</th>
          </tr>
        </thead>
        <tbody>
          {members.map(({ split, weight, version }) => (
            <tr key={`${version.hash} ${split}`}>
              <th scope="row">
                <VersionLink of={version} />
              </th>
              <td>{kindWords(version.item.kind)}</td>
              <td>{briefAttributes(version.attributes)}</td>
              <td>{split}</td>
              {isWeighted && <td className="number">{weight}</td>}
              <td>
                {version.wrong ? (
                  <span className="mark wrong">WRONG</span>
                ) : version.isHead ? (
                  'current'
                ) : (
                  <span className="mark stale">superseded</span>
                )}
              </td>
              <td>
                {version.payload === null ? (
                  <span className="quiet">–</span>
                ) : (
                  `${version.mediaType ?? 'bytes'}, ${Number(version.payload.size).toLocaleString()} B`
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
