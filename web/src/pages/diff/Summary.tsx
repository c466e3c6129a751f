import type { Asked } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { TextField } from '../../parts/TextField';
import { TextForm } from '../../parts/TextForm';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { writeCondition } from '../../url/condition';
import type { DiffMembersQuery } from './queries/members.gen';
import type { Changed } from './question';

type Group = NonNullable<DiffMembersQuery['at']['trainingSetDiff']>['summary']['nodes'][number];

interface SummaryProps extends Changed {
  answer: Asked<DiffMembersQuery>;
}

const groupsOf = (data: DiffMembersQuery): Group[] => data.at.trainingSetDiff?.summary.nodes ?? [];

/** Chooses one of the splits in which something changed. */
export function Split({ answer, params, change }: SummaryProps) {
  const { split } = params;
  const found = answer.data === undefined ? [] : groupsOf(answer.data).map((group) => group.split);
  const splits = [...new Set([...found, split])].filter((name) => name != null);
  return (
    <label>
      split{' '}
      <select value={split ?? ''} onChange={(event) => change({ split: event.target.value || undefined, list: undefined, after: undefined })}>
        <option value="">all</option>
        {splits.map((name) => (
          <option key={name}>{name}</option>
        ))}
        {answer.data !== undefined && (answer.data.at.trainingSetDiff?.summary.totalCount ?? 0) > groupsOf(answer.data).length && (
          <option disabled>there may be more splits</option>
        )}
      </select>
    </label>
  );
}

/** How many pins changed, by split and by the value of an attribute. Values are filters. */
export function Summary({ answer, params, change }: SummaryProps) {
  const { by } = params;
  const { seq } = useMoment();
  return (
    <Block
      title="Pins by split and attribute"
      asked={answer}
      controls={
        <TextForm button="Count" send={(typed) => change({ by: typed('by') })}>
          <TextField name="by" label="attribute" value={by} size={12} hint="none" isCode />
        </TextForm>
      }
      none={(data) => (groupsOf(data).length === 0 ? <p className="none">Both contain the same versions in the same splits.</p> : undefined)}
      extent={(data) => extentOf(groupsOf(data).length, data.at.trainingSetDiff?.summary.totalCount ?? 0, undefined, seq)}
      table={(data) => ({
        columns: ['split', by, 'added', 'removed'],
        rows: groupsOf(data).map((group) => [group.split, valueOf(group), group.addedCount, group.removedCount]),
      })}
    >
      {(data) => (
        <div className="scroll" tabIndex={0} role="region" aria-label="Table of pins">
          <table>
            <thead>
              <tr>
                <th scope="col">split</th>
                {by !== '' && <th scope="col">{by}</th>}
                <th scope="col" className="number">
                  only in the second
                </th>
                <th scope="col" className="number">
                  only in the first
                </th>
              </tr>
            </thead>
            <tbody>
              {groupsOf(data).map((group) => (
                <tr key={`${group.split} ${valueOf(group)}`}>
                  <th scope="row">{group.split}</th>
                  {by !== '' && (
                    <td>
                      <Value group={group} params={params} change={change} />
                    </td>
                  )}
                  <td className="number">{group.addedCount.toLocaleString()}</td>
                  <td className="number">{group.removedCount.toLocaleString()}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Block>
  );
}

/** A value shows only the members that have it in one of the two sets. */
function Value({ group, params, change }: Changed & { group: Group }) {
  const [found] = group.values;
  if (found === undefined || !found.exists) return <span className="quiet">no value</span>;
  const path = params.by.split('.');
  return (
    <button
      type="button"
      onClick={() =>
        change({ list: undefined, after: undefined, attr: writeCondition({ path, test: 'in', values: [found.value] }) })
      }
    >
      {JSON.stringify(found.value)}
      <span className="hidden"> of {params.by}: show only these</span>
    </button>
  );
}

function valueOf({ values: [found] }: Group): string | null {
  return found?.exists === true ? JSON.stringify(found.value) : null;
}
