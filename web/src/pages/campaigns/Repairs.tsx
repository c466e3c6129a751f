import { Link } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { clock, useAsOf } from '../../moment/moment';
import { Progress } from '../../parts/Progress';
import { Rows } from '../../parts/Rows';
import { SearchLink } from '../../parts/links/SearchLink';
import { Block } from '../../states/Block';
import { address } from '../../url/reference';
import { repairsOf } from './repairs';
import { RepairsDocument, type RepairsFragment, type RepairsQuery } from './query.gen';

/** How far the repairs of some campaigns have come. */
export function Repairs({ seq, campaigns }: { seq: string; campaigns: { seq: string }[] }) {
  const answer = useAnswer(RepairsDocument, repairsOf(seq, campaigns));
  return (
    <Block
      title="Their repairs"
      asked={answer}
      extent={({ at }) => ({ isWhole: true, words: `${listOf(at).length} of the ${campaigns.length} found above · seq ${seq}` })}
      table={({ at }) => ({
        columns: ['commit', 'time', 'author', 'message', 'wrong', 'sets', 'refreshed', 'trained', 'evaluated', 'deployed', 'done'],
        rows: listOf(at).map((row) => [
          row.commit.seq,
          row.commit.time,
          row.commit.author,
          row.commit.message,
          row.wrongCount,
          row.setCount,
          row.refreshedCount,
          row.trainedCount,
          row.evaluatedCount,
          row.deployedCount,
          row.doneCount,
        ]),
      })}
    >
      {({ at }) => (
        <Rows label="Campaigns" columns={['campaign', 'time', 'author', 'found wrong#', 'sets that held it#', 'refreshed', 'trained', 'evaluated', 'deployed']}>
          {listOf(at).map((row) => (
            <CampaignRow key={row.commit.seq} row={row} />
          ))}
        </Rows>
      )}
    </Block>
  );
}

function CampaignRow({ row }: { row: RepairsFragment }) {
  const asOf = useAsOf();
  const { commit, setCount } = row;
  return (
    <tr>
      <th scope="row">
        <Link href={address('campaign', { commit: commit.seq, asOf })}>campaign {commit.seq}</Link>
        {commit.message !== null && <div className="quiet">{commit.message}</div>}
      </th>
      <td>{clock(commit.time)}</td>
      <td>
        <SearchLink by={{ author: commit.author }}>{commit.author}</SearchLink>
      </td>
      <td className="number">{row.wrongCount.toLocaleString()}</td>
      <td className="number">{setCount.toLocaleString()}</td>
      <td>
        <Progress name="refreshed" done={row.refreshedCount} of={setCount} />
      </td>
      <td>
        <Progress name="trained" done={row.trainedCount} of={setCount} />
      </td>
      <td>
        <Progress name="evaluated" done={row.evaluatedCount} of={setCount} />
      </td>
      <td>
        <Progress name="deployed" done={row.deployedCount} of={setCount} />
      </td>
    </tr>
  );
}

function listOf(at: RepairsQuery['at']): RepairsFragment[] {
  const all = [at.c0, at.c1, at.c2, at.c3, at.c4, at.c5, at.c6, at.c7, at.c8, at.c9];
  return all.filter((row): row is RepairsFragment => row !== null && row !== undefined);
}
