import { kindWords } from '../../parts/words/kind';
import type { Asked } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import { WITHOUT_STATEMENTS } from './listed';
import type { CommitQuery } from './query.gen';

interface VersionsProps {
  asked: Asked<CommitQuery>;
  after: string | undefined;
  go(after: string | undefined): void;
}

/** The versions that a commit made. */
export function Versions({ asked, after, go }: VersionsProps) {
  const { seq } = useMoment();
  return (
    <Block
      title="Versions it made"
      asked={asked}
      none={({ at }) => (at.commit?.versions.totalCount === 0 ? <p className="none">It made no version.</p> : undefined)}
      extent={({ at }) => extentOf(at.commit?.versions.nodes.length ?? 0, at.commit?.versions.totalCount ?? 0, undefined, seq)}
      page={({ at }) =>
        at.commit && {
          ...at.commit.versions,
          turn: { after: after ?? null, variables: (firstVersions, versions) => ({ firstVersions, versions, ...WITHOUT_STATEMENTS, firstMoves: 1 }) },
        }
      }
      table={({ at }) => ({
        columns: ['version', 'parent', 'wrong', 'isHead'],
        rows: (at.commit?.versions.nodes ?? []).map((version) => [
          reference(version),
          version.parent && reference({ item: version.item, number: version.parent.number }),
          version.wrong,
          version.isHead,
        ]),
      })}
    >
      {({ at }) =>
        at.commit && (
          <>
            <Rows label="Versions" columns={['version', 'kind', 'instead of', 'state']}>
              {at.commit.versions.nodes.map((version) => (
                <tr key={version.hash}>
                  <th scope="row">
                    <VersionLink of={version} />
                  </th>
                  <td className="quiet">{kindWords(version.item.kind)}</td>
                  <td>
                    {version.parent === null ? (
                      <span className="quiet">first version</span>
                    ) : (
                      <VersionLink of={{ item: version.item, number: version.parent.number }} />
                    )}
                  </td>
                  <td>
                    {version.wrong ? (
                      <span className="mark wrong">WRONG</span>
                    ) : version.isHead ? (
                      <span className="mark fixed">current</span>
                    ) : (
                      <span className="mark stale">superseded</span>
                    )}
                  </td>
                </tr>
              ))}
            </Rows>
            <Pager pageInfo={at.commit.versions.pageInfo} after={after} go={go} />
          </>
        )
      }
    </Block>
  );
}
