import { useAnswer } from '../../api/useAnswer';
import { clock, useMoment } from '../../moment/moment';
import { isLater } from '../../moment/seq';
import { CommitLink } from '../../parts/links/CommitLink';
import { Turns } from '../../parts/Pager';
import { counted } from '../../parts/words/counted';
import { Block } from '../../states/Block';
import { seq as seqParam, useParams } from '../../url/params';
import { Repairs } from './Repairs';
import { CampaignsDocument, type CampaignsQuery } from './query.gen';

/** The state of the page: the commit before which its campaigns are. */
const CAMPAIGNS = { before: seqParam };

/** Campaigns: which commits said that something was wrong, and how far have the repairs come? */
export function Page() {
  const { seq } = useMoment();
  const [{ before }, change] = useParams(CAMPAIGNS);
  const end = before === undefined || isLater(before, seq) ? undefined : before;
  const answer = useAnswer(CampaignsDocument, { seq, before: end ?? null });
  const campaigns = newestFirst(answer.data);
  const oldest = campaigns.at(-1)?.seq;
  return (
    <>
      <h1>Which corrections were made, and how far have the repairs come?</h1>
      <Block
        title="Commits that say something was wrong"
        asked={answer}
        none={({ at }) =>
          at.commits.nodes.length === 0 ? (
            <p className="none">
              No commit {end === undefined ? `up to seq ${seq}` : `before ${end}`} says that something was wrong, or right again.
            </p>
          ) : undefined
        }
        extent={({ at }) => ({
          isWhole: true,
          words: `${at.commits.nodes.length.toLocaleString()} of ${counted(at.commits.totalCount, 'campaign', 'campaigns')} · whole answer · seq ${seq}`,
        })}
        table={(data) => ({
          columns: ['seq', 'time', 'author', 'message'],
          rows: newestFirst(data).map(({ seq, time, author, message }) => [seq, time, author, message]),
        })}
      >
        {(data) => (
          <>
            <ul className="plain">
              {newestFirst(data).map((commit) => (
                <li key={commit.seq}>
                  <CommitLink seq={commit.seq}>commit {commit.seq}</CommitLink> · {clock(commit.time)} · {commit.author}
                  {commit.message !== null && ` · “${commit.message}”`}
                </li>
              ))}
            </ul>
            <Turns
              back={{ name: 'To the newest', go: end === undefined ? undefined : () => change({ before: undefined }) }}
              on={{ name: 'Older', go: data.at.commits.pageInfo.hasPreviousPage ? () => change({ before: oldest }) : undefined }}
            />
          </>
        )}
      </Block>
      {campaigns.length > 0 && <Repairs seq={seq} campaigns={campaigns} />}
    </>
  );
}

function newestFirst(data: CampaignsQuery | undefined): CampaignsQuery['at']['commits']['nodes'] {
  return data?.at.commits.nodes.toReversed() ?? [];
}
