import { Link } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { clock, useAsOf, useMoment } from '../../moment/moment';
import { CommitLink } from '../../parts/links/CommitLink';
import { SearchLink } from '../../parts/links/SearchLink';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { address, reference } from '../../url/reference';
import { Newly } from './Newly';
import { HomeDocument } from './query.gen';

/** Home: what needs doing? */
export function Page() {
  const { seq } = useMoment();
  const asOf = useAsOf();
  const answer = useAnswer(HomeDocument, { seq });
  const suffix = asOf === undefined ? '' : `&asOf=${asOf}`;
  return (
    <>
      <h1>What needs doing?</h1>
      <Newly />
      <Block
        title="Current models that saw something wrong"
        asked={answer}
        controls={<Link href={`/impact?heads=1${suffix}`}>all of them</Link>}
        none={({ at }) =>
          at.models?.totalCount === 0 && at.models.info.complete ? (
            <p className="none">No current model or deployment saw something that is known to be wrong, as of seq {seq}.</p>
          ) : undefined
        }
        extent={({ at }) => extentOf(at.models?.nodes.length ?? 0, at.models?.totalCount ?? 0, at.models?.info, seq)}
        table={({ at }) => ({
          columns: ['consumer', 'wrongCount', 'tags'],
          rows: (at.models?.nodes ?? []).map((row) => [reference(row.consumer), row.wrongCount, row.tags.map(({ name }) => name).join(' ')]),
        })}
      >
        {({ at }) => (
          <div className="scroll" tabIndex={0} role="region" aria-label="Models">
            <table>
              <thead>
                <tr>
                  <th scope="col">model</th>
                  <th scope="col" className="number">
                    saw
                  </th>
                  <th scope="col">tags</th>
                </tr>
              </thead>
              <tbody>
                {at.models?.nodes.map((row) => (
                  <tr key={row.consumer.hash}>
                    <th scope="row">
                      <VersionLink of={row.consumer} />
                    </th>
                    <td className="number">{row.wrongCount.toLocaleString()} wrong</td>
                    <td>
                      <Tags tags={row.tags} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Block>
      <Block
        title="Newest training sets"
        asked={answer}
        controls={<Link href={address('set', { asOf })}>all of them</Link>}
        none={({ at }) => (at.sets.nodes.length === 0 ? <p className="none">There is no training set as of seq {seq}.</p> : undefined)}
        extent={({ at }) => extentOf(at.sets.nodes.length, at.sets.totalCount, at.sets.info, seq)}
        table={({ at }) => ({
          columns: ['trainingSet', 'memberCount', 'wrongCount', 'supersededCount', 'committedAt'],
          rows: at.sets.nodes.map((set) => [
            reference({ item: set, number: set.head.number }),
            set.head.memberCount,
            set.head.freshness?.wrongCount ?? null,
            set.head.freshness?.supersededCount ?? null,
            set.head.committedAt,
          ]),
        })}
      >
        {({ at }) => (
          <div className="scroll" tabIndex={0} role="region" aria-label="Training sets">
            <table>
              <thead>
                <tr>
                  <th scope="col">training set</th>
                  <th scope="col" className="number">
                    members
                  </th>
                  <th scope="col" className="number">
                    wrong
                  </th>
                  <th scope="col" className="number">
                    superseded
                  </th>
                  <th scope="col">built</th>
                </tr>
              </thead>
              <tbody>
                {at.sets.nodes.map((set) => (
                  <tr key={set.hash}>
                    <th scope="row">
                      <VersionLink of={{ item: set, number: set.head.number }} />
                    </th>
                    <td className="number">{set.head.memberCount?.toLocaleString()}</td>
                    <td className="number">{set.head.freshness?.wrongCount.toLocaleString()}</td>
                    <td className="number">{set.head.freshness?.supersededCount.toLocaleString()}</td>
                    <td>{clock(set.head.committedAt)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Block>
      <Block
        title="Newest commits"
        asked={answer}
        controls={<Link href={address('log', { asOf })}>all of them</Link>}
        none={({ at }) => (at.commits.nodes.length === 0 ? <p className="none">There is no commit as of seq {seq}.</p> : undefined)}
        extent={({ at }) => extentOf(at.commits.nodes.length, at.commits.totalCount, undefined, seq)}
        table={({ at }) => ({
          columns: ['seq', 'time', 'author', 'message', 'statements'],
          rows: at.commits.nodes.toReversed().map((commit) => [commit.seq, commit.time, commit.author, commit.message, commit.statements.length]),
        })}
      >
        {({ at }) => (
          <div className="scroll" tabIndex={0} role="region" aria-label="Commits">
            <table>
              <thead>
                <tr>
                  <th scope="col" className="number">
                    seq
                  </th>
                  <th scope="col">time</th>
                  <th scope="col">author</th>
                  <th scope="col">message</th>
                  <th scope="col" className="number">
                    statements
                  </th>
                </tr>
              </thead>
              <tbody>
                {at.commits.nodes.toReversed().map((commit) => (
                  <tr key={commit.seq}>
                    <th scope="row" className="number">
                      <CommitLink seq={commit.seq} />
                    </th>
                    <td>{clock(commit.time)}</td>
                    <td>
                      <SearchLink by={{ author: commit.author }}>{commit.author}</SearchLink>
                    </td>
                    <td>{commit.message}</td>
                    <td className="number">
                      {commit.statements.length > 0 && (
                        <Link href={address('impact', { wrong: `commit:${commit.seq}`, asOf })}>{commit.statements.length.toLocaleString()}</Link>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Block>
    </>
  );
}
