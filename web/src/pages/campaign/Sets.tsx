import type { Asked } from '../../api/useAnswer';
import { duration } from '../../parts/words/duration';
import { Pager } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import type { CampaignQuery } from './query.gen';
import { NEXT, STATUSES, type Shown } from './status';

type List = NonNullable<CampaignQuery['at']['campaign']>['sets'];
type Row = List['nodes'][number];

interface SetsProps {
  asked: Asked<CampaignQuery>;
  seq: string;
  status: Shown;
  after: string | undefined;
  change(changes: { status?: Shown; after?: string | undefined }): void;
}

/** The training sets of a campaign, each with its steps. */
export function Sets({ asked, seq, status, after, change }: SetsProps) {
  return (
    <Block
      title="Training sets that held it"
      asked={asked}
      controls={
        <label className="controls">
          next step
          <select value={status} onChange={(event) => change({ status: event.target.value as Shown, after: undefined })}>
            {STATUSES.map((name) => (
              <option key={name} value={name}>
                {name === 'ALL' ? 'any' : NEXT[name]}
              </option>
            ))}
          </select>
        </label>
      }
      none={({ at }) =>
        at.campaign?.sets.totalCount === 0 ? <p className="none">No set has this next step as of seq {seq}.</p> : undefined
      }
      extent={({ at }) => extentOf(at.campaign?.sets.nodes.length ?? 0, at.campaign?.sets.totalCount ?? 0, at.campaign?.sets.info, seq)}
      page={({ at }) => at.campaign?.sets}
      table={({ at }) => ({
        columns: ['set', 'nextStep', 'heldCount', 'held', 'refreshed', 'trained', 'evaluated', 'deployed'],
        rows: (at.campaign?.sets.nodes ?? []).map((row) => [
          reference(row),
          row.status,
          row.held.totalCount,
          row.held.nodes.map(({ number }) => `#${number}`).join(' '),
          row.refreshed === null ? null : reference({ item: row.item, number: row.refreshed.version.number }),
          ...[row.trained, row.evaluated, row.deployed].map((step) => (step === null ? null : reference(step.version))),
        ]),
      })}
    >
      {({ at }) =>
        at.campaign && (
          <>
            <Rows label="Training sets" columns={['training set', 'next step', 'held in', 'refreshed', 'trained', 'evaluated', 'deployed']}>
              {at.campaign.sets.nodes.map((row) => (
                <SetRow key={row.item.hash} row={row} />
              ))}
            </Rows>
            <Pager pageInfo={at.campaign.sets.pageInfo} info={at.campaign.sets.info} after={after} go={(next) => change({ after: next })} />
          </>
        )
      }
    </Block>
  );
}

function SetRow({ row }: { row: Row }) {
  const { item, held } = row;
  return (
    <tr>
      <th scope="row">
        <VersionLink of={{ item }} />
      </th>
      <td>
        <span className={row.status === 'DONE' ? 'mark fixed' : row.status === 'REFRESH_OPEN' ? 'mark wrong' : 'mark stale'}>{NEXT[row.status]}</span>
      </td>
      <td>
        {held.nodes.map(({ number }) => (
          <div key={number}>
            <VersionLink of={{ item, number }} />
          </div>
        ))}
        {held.totalCount > held.nodes.length && <span className="quiet">and {held.totalCount - held.nodes.length} more</span>}
      </td>
      <Step step={row.refreshed && { ...row.refreshed, version: { item, number: row.refreshed.version.number } }} />
      <Step step={row.trained} />
      <Step step={row.evaluated} />
      <Step step={row.deployed} />
    </tr>
  );
}

/** What completed a step, and how long after the step before. */
function Step({ step }: { step: { secondsSincePrevious: number; version: { item: Row['item'] | { namespace: string; kind: string; key: string }; number: number } } | null }) {
  if (step === null) return <td className="quiet">not yet</td>;
  return (
    <td>
      <VersionLink of={step.version} />
      <div className="quiet">{step.secondsSincePrevious === 0 ? 'at the same time' : `after ${duration(step.secondsSincePrevious)}`}</div>
    </td>
  );
}
