import { kindWords } from '../../parts/words/kind';
import type { Asked } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { SearchLink } from '../../parts/links/SearchLink';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import { WITHOUT_STATEMENTS } from './listed';
import type { CommitQuery } from './query.gen';

interface MovesProps {
  asked: Asked<CommitQuery>;
  after: string | undefined;
  go(after: string | undefined): void;
}

/** The tags that a commit set, moved or removed. */
export function Moves({ asked, after, go }: MovesProps) {
  const { seq } = useMoment();
  return (
    <Block
      title="Tags it moved"
      asked={asked}
      none={({ at }) => (at.commit?.tagMoves.totalCount === 0 ? <p className="none">It moved no tag.</p> : undefined)}
      extent={({ at }) => extentOf(at.commit?.tagMoves.nodes.length ?? 0, at.commit?.tagMoves.totalCount ?? 0, undefined, seq)}
      page={({ at }) =>
        at.commit && {
          ...at.commit.tagMoves,
          turn: { after: after ?? null, variables: (firstMoves, moves) => ({ firstMoves, moves, ...WITHOUT_STATEMENTS, firstVersions: 1 }) },
        }
      }
      table={({ at }) => ({
        columns: ['tag', 'set', 'alias', 'version'],
        rows: (at.commit?.tagMoves.nodes ?? []).map(({ name, set, alias, version }) => [name, set, alias, reference(version)]),
      })}
    >
      {({ at }) =>
        at.commit && (
          <>
            <Rows label="Tags" columns={['version', 'kind', 'tag', 'what happened']}>
              {at.commit.tagMoves.nodes.map(({ name, set, alias, version }) => (
                <tr key={`${name} ${version.hash} ${set}`}>
                  <th scope="row">
                    <VersionLink of={version} />
                  </th>
                  <td className="quiet">{kindWords(version.item.kind)}</td>
                  <td>
                    <SearchLink by={{ tag: name }} className="tag">
                      {name}
                    </SearchLink>
                  </td>
                  <td>{set ? (alias ? 'now points here' : 'added') : 'removed'}</td>
                </tr>
              ))}
            </Rows>
            <Pager pageInfo={at.commit.tagMoves.pageInfo} after={after} go={go} />
          </>
        )
      }
    </Block>
  );
}
