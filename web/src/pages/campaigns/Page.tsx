import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { CommitLink } from '../../parts/links/CommitLink';
import { counted } from '../../parts/words/counted';
import { statementsInWords } from '../../parts/words/said';
import { Block } from '../../states/Block';
import { seq as seqParam, useParams } from '../../url/params';
import { Repairs } from './Repairs';
import { type Found, found } from './found';
import { ScanDocument } from './query.gen';

/** The state of the page: the commit before which it looks. */
const CAMPAIGNS = { before: seqParam };

/** Campaigns: which commits said that something was wrong, and how far have the repairs come? */
export function Page() {
  const { seq } = useMoment();
  const [{ before }, change] = useParams(CAMPAIGNS);
  const end = before === undefined || Number(before) > Number(seq) ? undefined : before;
  const answer = useAnswer(ScanDocument, { seq, before: end ?? null });
  const here = answer.data === undefined ? undefined : found(answer.data.at.commits.nodes);
  return (
    <>
      <h1>Which corrections were made, and how far have the repairs come?</h1>
      <Block
        title="Commits that say something was wrong"
        asked={answer}
        none={({ at }) => (at.commits.nodes.length === 0 ? <p className="none">There is no commit as of seq {end ?? seq}.</p> : undefined)}
        extent={({ at }) => {
          const { read } = found(at.commits.nodes);
          return { isWhole: end === undefined && read?.oldest === 1, words: readInWords(read, seq) };
        }}
        table={({ at }) => ({
          columns: ['seq', 'statements'],
          rows: found(at.commits.nodes).campaigns.map((commit) => [commit.seq, commit.statements.length]),
        })}
      >
        {({ at }) => {
          const { campaigns, read } = found(at.commits.nodes);
          const further = read !== null && read.oldest > 1 ? String(read.oldest) : undefined;
          return (
            <>
              {campaigns.length === 0 ? (
                <p>None of the commits that were read says that something was wrong.</p>
              ) : (
                <ul className="plain">
                  {campaigns.map((commit) => (
                    <li key={commit.seq}>
                      <CommitLink seq={commit.seq}>commit {commit.seq}</CommitLink>: {statementsInWords(commit.statements)}
                    </li>
                  ))}
                </ul>
              )}
              {(further !== undefined || end !== undefined) && (
                <p className="controls">
                  <button type="button" disabled={end === undefined} onClick={() => change({ before: undefined })}>
                    To the newest
                  </button>
                  <button type="button" disabled={further === undefined} onClick={() => change({ before: further })}>
                    Look further back
                  </button>
                </p>
              )}
            </>
          );
        }}
      </Block>
      {here !== undefined && here.campaigns.length > 0 && <Repairs seq={seq} campaigns={here.campaigns} />}
    </>
  );
}

/** Says how far the page has looked. */
function readInWords(read: Found['read'], seq: string): string {
  if (read === null) return `Nothing was read · seq ${seq}`;
  const here = `Read here: commits ${read.newest.toLocaleString()} to ${read.oldest.toLocaleString()}`;
  const earlier = read.oldest - 1;
  const unread = earlier === 0 ? 'there are no earlier ones' : `${counted(earlier, 'earlier commit was', 'earlier commits were')} not read`;
  return `${here}; ${unread} · seq ${seq}`;
}
