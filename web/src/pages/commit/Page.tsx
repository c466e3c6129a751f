import { Link } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { clock, useAsOf, useMoment } from '../../moment/moment';
import { isLater, seqFrom } from '../../moment/seq';
import { LaterCommit } from '../../parts/absent/LaterCommit';
import { SearchLink } from '../../parts/links/SearchLink';
import { saysWrong } from '../../parts/words/said';
import { Block } from '../../states/Block';
import { integer, optional, seq as seqParam, useParams } from '../../url/params';
import { address } from '../../url/reference';
import { Moves } from './Moves';
import { Statements } from './Statements';
import { Versions } from './Versions';
import { CommitDocument, type CommitQuery } from './query.gen';
import { namesOf, statementsOf } from './listed';

/** The state of the page: the commit, and the positions in its lists. */
const COMMIT = { seq: seqParam, from: integer(0, 0, 999_999_999), versions: optional, moves: optional };

/** Commit: what did this one do? */
export function Page() {
  const { seq } = useMoment();
  const asOf = useAsOf();
  const [{ seq: commit, from, versions, moves }, change] = useParams(COMMIT);
  const isUnmade = commit !== undefined && isLater(commit, seq);
  const variables = { seq, commit: commit ?? '0', statements: namesOf(commit ?? '0', from), versions: versions ?? null, moves: moves ?? null };
  const answer = useAnswer(CommitDocument, variables, commit === undefined || isUnmade);
  const found = answer.data?.at.commit;
  return (
    <>
      <h1>What did {commit === undefined ? 'a commit' : `commit ${commit}`} do?</h1>
      {commit === undefined ? (
        <p data-state="none">
          Choose a commit in <Link href={address('log', { asOf })}>the log</Link>.
        </p>
      ) : isUnmade ? (
        <LaterCommit page="commit" param="seq" commit={commit} seq={seq} />
      ) : (
        <>
          <Block
            title={`Commit ${commit}`}
            asked={answer}
            none={({ at }) => (at.commit === null ? <p className="none">There is no commit {commit}: the first one is 1.</p> : undefined)}
            table={({ at }) => ({
              columns: ['seq', 'time', 'author', 'message', 'versions', 'tagMoves'],
              rows: at.commit === null ? [] : [headOf(at.commit)],
            })}
          >
            {({ at }) => at.commit && <Summary commit={at.commit} saysWrong={from > 0 || statementsOf(at.statements).shown.some(saysWrong)} />}
          </Block>
          {found != null && (
            <>
              <Statements asked={answer} from={from} go={(next) => change({ from: next })} />
              <Versions asked={answer} after={versions} go={(next) => change({ versions: next })} />
              <Moves asked={answer} after={moves} go={(next) => change({ moves: next })} />
            </>
          )}
        </>
      )}
    </>
  );
}

type Commit = NonNullable<CommitQuery['at']['commit']>;

const headOf = ({ seq, time, author, message, versions, tagMoves }: Commit) => [seq, time, author, message, versions.totalCount, tagMoves.totalCount];

function Summary({ commit, saysWrong: isCampaign }: { commit: Commit; saysWrong: boolean }) {
  const { head } = useMoment();
  const asOf = useAsOf();
  const { seq, time, author, message } = commit;
  const before = seqFrom(seq, -1);
  return (
    <>
      {message !== null && <p>“{message}”</p>}
      <p className="quiet">
        {clock(time)} · <SearchLink by={{ author }}>{author}</SearchLink>
      </p>
      <ul className="links">
        {isCampaign && (
          <>
            <li>
              <Link href={address('impact', { wrong: `commit:${seq}`, asOf })}>Its impact</Link>
            </li>
            <li>
              <Link href={address('campaign', { commit: seq, asOf })}>How far the repairs have come</Link>
            </li>
          </>
        )}
        <li>
          <Link href={address('impact', { asOf: before })}>What was affected just before (seq {before})</Link>
        </li>
        <li>
          <Link href={address('impact', { asOf: seq === head ? undefined : seq })}>What was affected just after (seq {seq})</Link>
        </li>
        <li>
          <Link href={address('log', { before: seq === head ? undefined : seqFrom(seq, 1), asOf })}>In the log</Link>
        </li>
      </ul>
    </>
  );
}
