import { kindWords } from '../../parts/words/kind';
import { useAnswer } from '../../api/useAnswer';
import { Pager } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import { ContentDocument, type ContentQueryVariables } from './query.gen';

interface ContentProps {
  variables: ContentQueryVariables;
  go(after: string | undefined): void;
}

/** The versions with the bytes of a digest. */
export function Content({ variables, go }: ContentProps) {
  const answer = useAnswer(ContentDocument, variables);
  const { seq } = variables;
  return (
    <Block
      title="Versions with these bytes"
      asked={answer}
      none={({ at }) => (at.blob === null ? <p className="none">No version has these bytes, as of seq {seq}.</p> : undefined)}
      extent={({ at }) => extentOf(at.blob?.versions.nodes.length ?? 0, at.blob?.versions.totalCount ?? 0, undefined, seq)}
      page={({ at }) => at.blob?.versions}
      table={({ at }) => ({
        columns: ['version', 'wrong', 'isHead'],
        rows: (at.blob?.versions.nodes ?? []).map((version) => [reference(version), version.wrong, version.isHead]),
      })}
    >
      {({ at }) =>
        at.blob && (
          <>
            <Rows label="Versions" columns={['version', 'kind', 'state']}>
              {at.blob.versions.nodes.map((version) => (
                <tr key={version.hash}>
                  <th scope="row">
                    <VersionLink of={version} />
                  </th>
                  <td className="quiet">{kindWords(version.item.kind)}</td>
                  <td>
                    {version.wrong ? <span className="mark wrong">WRONG</span> : version.isHead ? <span className="mark fixed">current</span> : 'superseded'}
                  </td>
                </tr>
              ))}
            </Rows>
            <Pager pageInfo={at.blob.versions.pageInfo} after={variables.after ?? undefined} go={go} />
          </>
        )
      }
    </Block>
  );
}
