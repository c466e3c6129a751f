import { useAnswer } from '../../api/useAnswer';
import { clock, useMoment } from '../../moment/moment';
import { isLater } from '../../moment/seq';
import { CommitLink } from '../../parts/links/CommitLink';
import { Turns } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { SearchLink } from '../../parts/links/SearchLink';
import { statementsInWords } from '../../parts/words/said';
import { Block } from '../../states/Block';
import { seq as seqParam, useParams } from '../../url/params';
import { LogDocument } from './query.gen';
import { Timeline } from './Timeline';

/** The state of the page: the commit before which the list ends. */
const LOG = { before: seqParam };

/** Log: what was recorded, and when? Newest first. */
export function Page() {
  const { seq } = useMoment();
  const [{ before }, change] = useParams(LOG);
  // A later moment than the one shown has no commits here: the list then ends with the newest.
  const end = before === undefined || isLater(before, seq) ? undefined : before;
  const answer = useAnswer(LogDocument, { seq, before: end ?? null });
  return (
    <>
      <h1>What was recorded, and when?</h1>
      <Block
        title={end === undefined ? 'Commits, newest first' : `Commits before ${end}, newest first`}
        asked={answer}
        none={({ at }) => (at.commits.nodes.length === 0 ? <p className="none">There is no commit as of seq {end ?? seq}.</p> : undefined)}
        extent={({ at }) => ({
          isWhole: true,
          words: `${at.commits.nodes.length.toLocaleString()} of ${at.commits.totalCount.toLocaleString()} · seq ${seq}`,
        })}
        table={({ at }) => ({
          columns: ['seq', 'time', 'author', 'message', 'versions', 'statements', 'tagMoves'],
          rows: at.commits.nodes
            .toReversed()
            .map((commit) => [
              commit.seq,
              commit.time,
              commit.author,
              commit.message,
              commit.versions.totalCount,
              commit.statements.length,
              commit.tagMoves.totalCount,
            ]),
        })}
      >
        {({ at }) => (
          <>
            {at.commitCounts && at.commitCounts.length > 1 && <Timeline sections={at.commitCounts} />}
            <Rows label="Commits" columns={['seq#', 'time', 'author', 'message', 'versions#', 'statements', 'tag moves#']}>
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
                  <td className="number">{commit.versions.totalCount > 0 && commit.versions.totalCount.toLocaleString()}</td>
                  <td>{statementsInWords(commit.statements)}</td>
                  <td className="number">{commit.tagMoves.totalCount > 0 && commit.tagMoves.totalCount.toLocaleString()}</td>
                </tr>
              ))}
            </Rows>
            <Turns
              back={{ name: 'To the newest', go: end === undefined ? undefined : () => change({ before: undefined }) }}
              on={{ name: 'Older', go: at.commits.pageInfo.hasPreviousPage ? () => change({ before: at.commits.nodes[0]?.seq }) : undefined }}
            />
          </>
        )}
      </Block>
    </>
  );
}
