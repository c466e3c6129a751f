import type { FormEvent } from 'react';

import { kindWords } from '../../parts/words/kind';
import { TextField } from '../../parts/TextField';
import type { ItemKind } from '../../schema.gen';
import type { readParams } from '../../url/params';
import { KINDS, ORDER, type SEARCH } from './question';
import styles from './Page.module.css';

type Params = ReturnType<typeof readParams<{ [Name in keyof typeof SEARCH]: ReturnType<(typeof SEARCH)[Name]['read']> }>>;

interface FiltersProps {
  params: Params;
  change(changes: Partial<Params>): void;
}

/** What is searched for. Texts are sent with Enter or the button, choices at once. */
export function Filters({ params, change }: FiltersProps) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const of = (name: string) => String(typed.get(name) ?? '').trim();
    // A space after the last word says that it is complete.
    change({ q: String(typed.get('q') ?? '').trimStart(), ns: of('ns'), key: of('key'), tag: of('tag'), author: of('author'), attr: of('attr') });
  }

  function toggle(kind: ItemKind, isWanted: boolean) {
    change({ kind: KINDS.filter((known) => (known === kind ? isWanted : params.kind.includes(known))) });
  }

  return (
    <form className={styles.filters} onSubmit={submit}>
      <div className="controls">
        <TextField name="q" label="words" value={params.q} size={26} hint="in keys and attributes" />
        <TextField name="ns" label="namespace" value={params.ns} size={12} hint="any" />
        <TextField name="key" label="key begins with" value={params.key} size={14} hint="any" isCode />
        <TextField name="tag" label="tag" value={params.tag} size={12} hint="any" />
        <TextField name="author" label="author" value={params.author} size={12} hint="any" />
        <TextField name="attr" label="attributes" value={params.attr} size={26} hint="class:in:3,5; score:atLeast:0.5" />
        <button type="submit">Search</button>
      </div>
      <fieldset className="controls">
        <legend>kinds</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input type="checkbox" checked={params.kind.includes(kind)} onChange={(event) => toggle(kind, event.target.checked)} />{' '}
            {kindWords(kind)}
          </label>
        ))}
      </fieldset>
      <div className="controls">
        <Choice label="current version" value={params.wrong} names={['wrong or not', 'wrong', 'not wrong']} choose={(wrong) => change({ wrong })} />
        <Choice
          label="made from something wrong"
          value={params.stale}
          names={['or not', 'yes', 'no']}
          choose={(stale) => change({ stale })}
        />
        <label>
          order
          <select value={params.sort} onChange={(event) => change({ sort: event.target.value as Params['sort'] })}>
            {Object.entries(ORDER).map(([sort, { name }]) => (
              <option key={sort} value={sort}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </form>
  );
}

interface ChoiceProps {
  label: string;
  value: boolean | undefined;
  /** The names of: not asked, yes, no. */
  names: [string, string, string];
  choose(value: boolean | undefined): void;
}

function Choice({ label, value, names, choose }: ChoiceProps) {
  return (
    <label>
      {label}
      <select
        value={value === undefined ? '' : String(value)}
        onChange={(event) => choose(event.target.value === '' ? undefined : event.target.value === 'true')}
      >
        {['', 'true', 'false'].map((option, at) => (
          <option key={option} value={option}>
            {names[at]}
          </option>
        ))}
      </select>
    </label>
  );
}
