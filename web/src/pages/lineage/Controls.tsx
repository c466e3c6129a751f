import type { RefObject } from 'react';

import { kindWords } from '../../parts/words/kind';
import { TextField } from '../../parts/TextField';
import { TextForm } from '../../parts/TextForm';
import { KINDS } from './filter';
import { FRESH, type LINEAGE, rolesOf } from './question';
import type { Lineage } from './rows';

/** The values of a specification of parameters. */
type Values<S> = { [Name in keyof S]: S[Name] extends { read(value: string | null): infer T } ? T : never };
export type LineageParams = Values<typeof LINEAGE>;

export interface Changed {
  params: LineageParams;
  change(changes: Partial<LineageParams>, options?: { replace?: boolean }): void;
}

/** Chooses the version from which the question starts. */
export function Ask({ of, ask }: { of: string; ask(of: string): void }) {
  return (
    <TextForm button="Ask" send={(typed) => ask(typed('of'))}>
      <TextField name="of" label="Lineage of" value={of} size={44} hint="namespace/MODEL/key#1" isCode />
    </TextForm>
  );
}

interface ControlsProps extends Changed {
  lineage: Lineage | undefined;
  finder: RefObject<HTMLInputElement | null>;
}

const DEPTHS = [1, 2, 3, 5, 10];
const FOLDS = [1, 3, 6, 12, 30, 100];

/** The limits of the question, and what of its answer is shown. */
export function Controls({ params, lineage, change, finder }: ControlsProps) {
  const { dir, depth, fold, apart, stop, keep, find } = params;
  const ask = (changes: Partial<LineageParams>) => change({ ...changes, ...FRESH });
  return (
    <div className="controls">
      <label>
        direction
        <select value={dir} onChange={(event) => ask({ dir: event.target.value as LineageParams['dir'] })}>
          <option value="up">▲ made from</option>
          <option value="down">▼ made of it</option>
          <option value="both">⇅ both</option>
        </select>
      </label>
      <label>
        steps
        <select value={depth} onChange={(event) => ask({ depth: Number(event.target.value) })}>
          <option value={0}>all</option>
          {withValue(DEPTHS, depth, 0).map((steps) => (
            <option key={steps} value={steps}>
              {steps}
            </option>
          ))}
        </select>
      </label>
      <label>
        fold above
        <select value={fold} onChange={(event) => ask({ fold: Number(event.target.value) })}>
          {withValue(FOLDS, fold).map((count) => (
            <option key={count}>{count}</option>
          ))}
        </select>
      </label>
      <label>
        <input type="checkbox" checked={apart} onChange={(event) => ask({ apart: event.target.checked })} />
        wrong ones apart
      </label>
      <Roles params={params} lineage={lineage} change={change} />
      <label>
        do not go beyond
        <FilterSelect value={stop} none="– (no limit)" choose={(next) => ask({ stop: next })} />
      </label>
      <label>
        only show
        <FilterSelect value={keep} none="everything" choose={(next) => change({ keep: next, page: 1 })} />
      </label>
      <label>
        find
        <input
          ref={finder}
          type="search"
          size={14}
          value={find}
          onChange={(event) => change({ find: event.target.value, page: 1 }, { replace: true })}
        />
      </label>
    </div>
  );
}

/** Returns the numbers with one more, if it is not among them and not the default. */
function withValue(numbers: number[], value: number, otherwise?: number): number[] {
  return numbers.includes(value) || value === otherwise ? numbers : [...numbers, value].sort((a, b) => a - b);
}

function FilterSelect({ value, none, choose }: { value: string; none: string; choose(value: string): void }) {
  const known = ['', 'wrong', ...KINDS.map((kind) => `kind:${kind}`)];
  return (
    <select value={value} onChange={(event) => choose(event.target.value)}>
      <option value="">{none}</option>
      {KINDS.map((kind) => (
        <option key={kind} value={`kind:${kind}`}>
          {kindWords(kind, 2)}
        </option>
      ))}
      <option value="wrong">what is wrong</option>
      {!known.includes(value) && <option value={value}>{value}</option>}
    </select>
  );
}

/** The roles of the answer. One that is not followed leaves the answer, so all can be chosen again at once. */
function Roles({ params, lineage, change }: Changed & { lineage: Lineage | undefined }) {
  const chosen = rolesOf(params.roles);
  const roles = [...new Set([...(lineage?.edges.map(({ role }) => role) ?? []), ...(chosen ?? [])])].sort();
  const follow = (next: string[] | undefined) => change({ roles: next?.join(','), ...FRESH });
  return (
    <details>
      <summary>roles{chosen !== undefined && `: ${chosen.join(', ') || 'none'}`}</summary>
      {roles.map((role) => {
        const isFollowed = chosen === undefined || chosen.includes(role);
        return (
          <label key={role}>
            <input
              type="checkbox"
              checked={isFollowed}
              onChange={() => follow(isFollowed ? (chosen ?? roles).filter((other) => other !== role) : [...(chosen ?? []), role])}
            />
            {role}
          </label>
        );
      })}
      {chosen !== undefined && (
        <button type="button" onClick={() => follow(undefined)}>
          all roles
        </button>
      )}
    </details>
  );
}
