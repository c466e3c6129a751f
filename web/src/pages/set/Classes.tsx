import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { TextField } from '../../parts/TextField';
import { TextForm } from '../../parts/TextForm';
import { brief } from '../../parts/values/brief';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import styles from './Page.module.css';
import { writeWhere } from './params';
import { SetClassesDocument, type SetClassesQuery } from './queries/classes.gen';

interface ClassesProps {
  name: string;
  /** The path of the attribute; empty to count by split only. */
  by: string;
  choose(by: string): void;
  /** Shows the members with a value. */
  show(where: string, split: string | undefined): void;
}

/** How many members there are of each class, or of each value of another attribute, by split. */
export function Classes({ name, by, choose, show }: ClassesProps) {
  const { seq } = useMoment();
  const answer = useAnswer(SetClassesDocument, { seq, ref: name, path: by === '' ? null : [by] });
  return (
    <Block
      title="Members by value and split"
      asked={answer}
      before={
        <TextForm button="Count" send={(typed) => choose(typed('by'))}>
          <TextField name="by" label="count by the attribute" value={by} size={18} hint="none" isCode />
        </TextForm>
      }
      none={({ at }) =>
        at.resolve?.memberSummary?.groups.totalCount === 0 ? <p className="none">This version has no members as of seq {seq}.</p> : undefined
      }
      extent={({ at }) => {
        const summary = at.resolve?.memberSummary;
        const [shown, total] = [summary?.groups.nodes.length ?? 0, summary?.groups.totalCount ?? 0];
        // Groups are in the order of splits: the sums of some of them are too small.
        if (shown < total) return { isWhole: false, words: `only ${shown.toLocaleString()} of ${total.toLocaleString()} groups are counted here · seq ${seq}` };
        return extentOf(shown, total, summary?.info, seq);
      }}
      table={({ at }) => ({
        columns: ['value', 'split', 'versionCount', 'wrongCount'],
        rows: (at.resolve?.memberSummary?.groups.nodes ?? []).map((group) => [
          group.values[0]?.exists ? JSON.stringify(group.values[0].value) : null,
          group.split,
          group.versionCount,
          group.wrongCount,
        ]),
      })}
    >
      {({ at }) => {
        const { splits, rows, most } = pivot(at);
        return (
          <div className="scroll" tabIndex={0} role="region" aria-label="Counts">
            <table>
              <thead>
                <tr>
                  <th scope="col">{by === '' ? 'members' : by}</th>
                  {splits.length > 1 &&
                    splits.map((split) => (
                      <th key={split} scope="col" className="number">
                        {split}
                      </th>
                    ))}
                  <th scope="col" className="number">
                    all
                  </th>
                  <th scope="col" className="number">
                    wrong
                  </th>
                  <th scope="col">share of the largest</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.key}>
                    <th scope="row">
                      {row.where === undefined ? (
                        <span className="quiet">{by === '' ? 'all' : 'without a value'}</span>
                      ) : (
                        <button type="button" onClick={() => show(row.where ?? '', undefined)} aria-label={`Show the members with ${row.where}`}>
                          {row.name}
                        </button>
                      )}
                    </th>
                    {splits.length > 1 &&
                      splits.map((split) => (
                        <td key={split} className="number">
                          <Count of={row} split={split} show={show} />
                        </td>
                      ))}
                    <td className="number">{row.total.toLocaleString()}</td>
                    <td className="number">
                      {row.wrong === 0 ? '0' : <span className="mark wrong">{row.wrong.toLocaleString()} wrong</span>}
                    </td>
                    <td>
                      <meter className={styles.bar} min={0} max={most} value={row.total} aria-label={`${row.total} of at most ${most}`} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Block>
  );
}

/** How many members of a split have a value; it leads to them. */
function Count({ of: { counts, where, name }, split, show }: { of: Row; split: string } & Pick<ClassesProps, 'show'>) {
  const count = counts.get(split) ?? 0;
  if (count === 0 || where === undefined || split === '') return count.toLocaleString();
  return (
    <button type="button" onClick={() => show(where, split)}>
      {count.toLocaleString()}
      <span className="hidden">
        {' '}
        with {name} in {split}: show them
      </span>
    </button>
  );
}

interface Row {
  key: string;
  name: string;
  /** The condition that selects these members; `undefined` if they have no value. */
  where: string | undefined;
  counts: Map<string, number>;
  total: number;
  wrong: number;
}

/** A row for each value, with a count for each split. */
function pivot({ resolve }: SetClassesQuery['at']): { splits: string[]; rows: Row[]; most: number } {
  const rows = new Map<string, Row>();
  const splits = new Set<string>();
  for (const { split, values, versionCount, wrongCount } of resolve?.memberSummary?.groups.nodes ?? []) {
    const value = values[0];
    const key = value?.exists ? JSON.stringify(value.value) : '';
    const path = value?.path ?? '';
    const row = rows.get(key) ?? {
      key,
      name: brief(value?.value),
      where: value?.exists ? writeWhere(path, value.value) : undefined,
      counts: new Map<string, number>(),
      total: 0,
      wrong: 0,
    };
    const name = split ?? '';
    splits.add(name);
    row.counts.set(name, (row.counts.get(name) ?? 0) + versionCount);
    row.total += versionCount;
    row.wrong += wrongCount;
    rows.set(key, row);
  }
  const list = [...rows.values()];
  return { splits: [...splits], rows: list, most: Math.max(1, ...list.map(({ total }) => total)) };
}
