import type { FormEvent } from 'react';

import { kindWords } from '../../parts/words/kind';
import { KINDS, SET } from './params';
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
  const splits = [...new Set(groups.map(({ split }) => split))].filter((split) => split !== null);
  const kinds = KINDS.filter((kind) => groups.some((group) => group.kind === kind));
  const filter = (changes: Partial<Params>) => change({ ...changes, after: undefined });

  function typed(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const value = (name: string) => String(data.get(name)).trim() || undefined;
    filter({ key: value('key'), where: value('where') });
  }

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
      <form key={`${params.key} ${params.where}`} className="controls" onSubmit={typed}>
        <label>
          key begins with
          <input name="key" className="name" size={14} defaultValue={params.key} autoComplete="off" spellCheck={false} />
        </label>
        <label>
          attribute
          <input name="where" className="name" size={14} defaultValue={params.where} placeholder="class=3" autoComplete="off" spellCheck={false} />
        </label>
        <button type="submit">Filter</button>
      </form>
    </div>
  );
}

function count(groups: { versionCount: number }[]): string {
  return `(${groups.reduce((sum, { versionCount }) => sum + versionCount, 0).toLocaleString()})`;
}
