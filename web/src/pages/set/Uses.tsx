import { kindWords } from '../../parts/words/kind';
import { useAnswer } from '../../api/useAnswer';
import { clock, useMoment } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import { SetUsesDocument } from './queries/uses.gen';

interface UsesProps {
  name: string;
  after: string | undefined;
  go(after: string | undefined): void;
}

/** What was made from this version: models, evaluations, other sets; and the sets that pin it. */
export function Uses({ name, after, go }: UsesProps) {
  const { seq } = useMoment();
  const answer = useAnswer(SetUsesDocument, { seq, ref: name, after: after ?? null });
  return (
    <Block
      title="Made from it"
      asked={answer}
      none={({ at }) =>
        at.resolve?.derivatives.totalCount === 0 && at.resolve.memberOf.totalCount === 0 ? (
          <p className="none">Nothing was made from this version as of seq {seq}.</p>
        ) : undefined
      }
      extent={({ at }) => extentOf(at.resolve?.derivatives.nodes.length ?? 0, at.resolve?.derivatives.totalCount ?? 0, at.resolve?.derivatives.info, seq)}
      page={({ at }) => at.resolve?.derivatives}
      table={({ at }) => ({
        columns: ['version', 'kind', 'role', 'isHead', 'committedAt', 'tags'],
        rows: (at.resolve?.derivatives.nodes ?? []).map(({ role, derived }) => [
          reference(derived),
          derived.item.kind,
          role,
          derived.isHead,
          derived.committedAt,
          derived.tags.map(({ name }) => name).join(' '),
        ]),
      })}
    >
      {({ at }) =>
        at.resolve && (
          <>
            <div className="scroll" tabIndex={0} role="region" aria-label="Rows">
              <table>
                <thead>
                  <tr>
                    <th scope="col">version</th>
                    <th scope="col">kind</th>
                    <th scope="col">role of the set</th>
                    <th scope="col">state</th>
                    <th scope="col">made</th>
                    <th scope="col">tags</th>
                  </tr>
                </thead>
                <tbody>
                  {at.resolve.derivatives.nodes.map(({ role, derived }) => (
                    <tr key={`${role} ${derived.hash}`}>
                      <th scope="row">
                        <VersionLink of={derived} />
                      </th>
                      <td>{kindWords(derived.item.kind)}</td>
                      <td>{role}</td>
                      <td>{derived.isHead ? 'current' : <span className="quiet">not current</span>}</td>
                      <td>{clock(derived.committedAt)}</td>
                      <td>
                        <Tags tags={derived.tags} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <Pager pageInfo={at.resolve.derivatives.pageInfo} info={at.resolve.derivatives.info} after={after} go={go} />
            {at.resolve.memberOf.totalCount > 0 && (
              <p>
                pinned by {at.resolve.memberOf.totalCount.toLocaleString()}{' '}
                {at.resolve.memberOf.totalCount === 1 ? 'training set' : 'training sets'}:{' '}
                {at.resolve.memberOf.nodes.map(({ trainingSet, split }) => (
                  <span key={trainingSet.hash}>
                    <VersionLink of={trainingSet} /> <span className="quiet">{split}</span>{' '}
                  </span>
                ))}
                {at.resolve.memberOf.totalCount > at.resolve.memberOf.nodes.length &&
                  `and ${(at.resolve.memberOf.totalCount - at.resolve.memberOf.nodes.length).toLocaleString()} more`}
              </p>
            )}
          </>
        )
      }
    </Block>
  );
}
