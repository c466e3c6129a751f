import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';

import { send } from '../api/client';
import { useAsOf } from '../moment/moment';
import { address, pageOf } from '../url/reference';
import { ResolveDocument, type ResolveQuery } from './query.gen';

/** Opens what a reference or an id names, also of a commit; anything else is searched for. */
export function SearchBox() {
  const [words, setWords] = useState('');
  const [, navigate] = useLocation();
  const asOf = useAsOf();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const typed = words.trim();
    if (typed === '') return;
    const commit = /^commit:(\d+)$/.exec(typed)?.[1];
    if (commit !== undefined) {
      navigate(address('commit', { seq: commit, asOf }));
      return;
    }
    try {
      const sent = { query: ResolveDocument.toString(), variables: { ref: typed } };
      const { resolve } = await send<ResolveQuery>(sent);
      if (resolve !== null) {
        navigate(pageOf(resolve, asOf));
        return;
      }
    } catch {
      // Not a reference: it is searched for.
    }
    navigate(address('search', { q: typed, asOf }));
  }

  return (
    <form role="search" className="search" onSubmit={(event) => void submit(event)}>
      <label className="hidden" htmlFor="search">
        Search, or paste a reference
      </label>
      <input
        id="search"
        type="search"
        placeholder="Search, or paste a reference"
        autoComplete="off"
        spellCheck={false}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
    </form>
  );
}
