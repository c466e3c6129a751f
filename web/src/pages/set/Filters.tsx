import { kindWords } from '../../parts/words/kind';
import { TextField } from '../../parts/TextField';
import { TextForm } from '../../parts/TextForm';
import { KINDS, SET, splitsOf } from './params';
import type { SetQuery } from './queries/set.gen';

type Params = { [Name in keyof typeof SET]: ReturnType<(typeof SET)[Name]['read']> };

export interface FiltersProps {
  set: NonNullable<SetQuery['at']['resolve']>;
  params: Params;
  change(changes: Partial<Params>): void;
}

/** Which members are shown. Each change begins at the first page. */
export function Filters({ set, params, change }: FiltersProps) {
  const groups = set.memberSummary?.groups.nodes ?? [];
  const splits = splitsOf(groups);
  const kinds = KINDS.filter((kind) => groups.some((group) => group.kind === kind));
  const filter = (changes: Partial<Params>) => change({ ...changes, after: undefined });

  return (
    <div className="controls">
      <label>
        split
        <select value={params.split ?? ''} onChange={(event) => filter({ split: event.target.value || undefined })}>
          <option value="">all</option>
          {splits.map((split) => (
            <option key={split} value={split}>
              {split} {count(groups.filter((group) => group.split === split))}
            </option>
          ))}
          {params.split !== undefined && !splits.includes(params.split) && <option>{params.split}</option>}
          {(set.memberSummary?.groups.totalCount ?? 0) > groups.length && <option disabled>there are more splits</option>}
        </select>
      </label>
      {(kinds.length > 1 || params.kind !== undefined) && (
        <label>
          kind
          <select value={params.kind ?? ''} onChange={(event) => filter({ kind: event.target.value || undefined })}>
            <option value="">all</option>
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {kindWords(kind)} {count(groups.filter((group) => group.kind === kind))}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        <input type="checkbox" checked={params.wrong} onChange={(event) => filter({ wrong: event.target.checked })} />
        wrong
      </label>
      <label>
        <input type="checkbox" checked={params.old} onChange={(event) => filter({ old: event.target.checked })} />
        superseded
      </label>
      {(set.flatMemberCount !== set.memberCount || params.flat) && (
        <label>
          <input type="checkbox" checked={params.flat} onChange={(event) => filter({ flat: event.target.checked })} />
          members of the sets in it
        </label>
      )}
      <TextForm button="Filter" send={(typed) => filter({ key: typed('key') || undefined, where: typed('where') || undefined })}>
        <TextField name="key" label="key begins with" value={params.key ?? ''} size={14} hint="any" isCode />
        <TextField name="where" label="attribute" value={params.where ?? ''} size={14} hint="class=3" isCode />
      </TextForm>
    </div>
  );
}

function count(groups: { versionCount: number }[]): string {
  return `(${groups.reduce((sum, { versionCount }) => sum + versionCount, 0).toLocaleString()})`;
}
