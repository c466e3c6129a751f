import { Link } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { clock, useAsOf, useMoment } from '../../moment/moment';
import { isLater } from '../../moment/seq';
import { LaterCommit } from '../../parts/absent/LaterCommit';
import { CommitLink } from '../../parts/links/CommitLink';
import { counted } from '../../parts/words/counted';
import { duration } from '../../parts/words/duration';
import { Progress } from '../../parts/Progress';
import { SearchLink } from '../../parts/links/SearchLink';
import { Block } from '../../states/Block';
import { address } from '../../url/reference';
import { oneOf, optional, seq as seqParam, useParams } from '../../url/params';
import { Sets } from './Sets';
import { Stale } from './Stale';
import { CampaignDocument, type CampaignQuery } from './query.gen';
import { STATUSES } from './status';
import styles from './Page.module.css';

/** The state of the page. */
const CAMPAIGN = { commit: seqParam, status: oneOf(STATUSES, 'ALL'), after: optional };

type Campaign = NonNullable<CampaignQuery['at']['campaign']>;

/** Campaign: how far have the repairs of one commit come? */
export function Page() {
  const { seq } = useMoment();
  const asOf = useAsOf();
  const [{ commit, status, after }, change] = useParams(CAMPAIGN);
  const isUnmade = commit !== undefined && isLater(commit, seq);
  const variables = { seq, commit: `commit:${commit}`, status: status === 'ALL' ? null : [status], after: after ?? null };
  const answer = useAnswer(CampaignDocument, variables, commit === undefined || isUnmade);
  return (
    <>
      <h1>How far have the repairs {commit === undefined ? 'of a campaign' : `of commit ${commit}`} come?</h1>
      {commit === undefined ? (
        <p data-state="none">
          Choose a commit among <Link href={address('campaigns', { asOf })}>the campaigns</Link>.
        </p>
      ) : isUnmade ? (
        <LaterCommit page="campaign" param="commit" commit={commit} seq={seq} />
      ) : (
        <>
          <Block title={`Campaign ${commit}`} asked={answer} none={({ at }) => nothing(at.campaign, commit, seq)} table={({ at }) => stepsTable(at.campaign)}>
            {({ at }) => at.campaign && <Summary campaign={at.campaign} />}
          </Block>
          {answer.data?.at.campaign != null && answer.data.at.campaign.setCount > 0 && (
            <Sets asked={answer} seq={seq} status={status} after={after} change={change} />
          )}
          {answer.data?.at.campaign != null && answer.data.at.campaign.wrongCount > 0 && <Stale asked={answer} commit={commit} seq={seq} />}
        </>
      )}
    </>
  );
}

/** Says why there is nothing to repair. */
function nothing(campaign: Campaign | null, commit: string, seq: string) {
  if (campaign === null) return <p className="none">There is no commit {commit} as of seq {seq}.</p>;
  if (campaign.wrongCount > 0 || campaign.setCount > 0) return undefined;
  const withdrawn = campaign.asked.notWrongCount;
  return (
    <p className="none">
      {withdrawn > 0
        ? `What commit ${commit} said was withdrawn as of seq ${seq} (${counted(withdrawn, 'statement')}): nothing has to be repaired.`
        : `Commit ${commit} did not say that anything was wrong.`}{' '}
      <CommitLink seq={commit}>What commit {commit} did</CommitLink>
    </p>
  );
}

/** The steps of a repair, each with the number of sets that have come so far and the median time it took. */
function steps(campaign: Campaign): { name: string; done: number; median: number | null }[] {
  return [
    { name: 'refreshed', done: campaign.refreshedCount, median: campaign.medianSecondsToRefresh },
    { name: 'trained', done: campaign.trainedCount, median: campaign.medianSecondsToTrain },
    { name: 'evaluated', done: campaign.evaluatedCount, median: campaign.medianSecondsToEvaluate },
    { name: 'deployed', done: campaign.deployedCount, median: campaign.medianSecondsToDeploy },
  ];
}

function stepsTable(campaign: Campaign | null) {
  return {
    columns: ['step', 'done', 'sets', 'medianSeconds'],
    rows: campaign === null ? [] : steps(campaign).map(({ name, done, median }) => [name, done, campaign.setCount, median]),
  };
}

function Summary({ campaign }: { campaign: Campaign }) {
  const asOf = useAsOf();
  const { commit, wrongCount, setCount, doneCount } = campaign;
  const withdrawn = campaign.asked.notWrongCount;
  return (
    <>
      <p>
        {commit.message !== null && <>“{commit.message}” </>}
        <span className="quiet">
          <CommitLink seq={commit.seq}>commit {commit.seq}</CommitLink> · {clock(commit.time)} ·{' '}
          <SearchLink by={{ author: commit.author }}>{commit.author}</SearchLink>
        </span>
      </p>
      <p>
        It found <strong>{counted(wrongCount, 'wrong version')}</strong>
        {withdrawn > 0 && ` (and ${counted(withdrawn, 'statement')} that ${withdrawn === 1 ? 'was' : 'were'} withdrawn since)`}, which{' '}
        {setCount === 0 ? 'no training set held' : `${counted(setCount, 'training set')} held`}.{' '}
        {setCount > 0 && (doneCount === setCount ? 'Nothing is left to do.' : `${doneCount.toLocaleString()} of ${setCount.toLocaleString()} done.`)}{' '}
        <Link href={address('impact', { wrong: `commit:${commit.seq}`, asOf })}>Its impact</Link>
      </p>
      {setCount > 0 && (
        <dl className={styles.steps}>
          {steps(campaign).map(({ name, done, median }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Progress name={name} done={done} of={setCount} />
              </dd>
              <dd className="quiet">{median === null ? 'no set yet' : `median: ${duration(median)} after the correction`}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
