import { type FormEvent, useRef, useState } from 'react';
import { useLocation } from 'wouter';

import { send } from '../api/client';
import { useAsOf } from '../moment/moment';
import { pageOf, readable } from '../url/reference';
import { ResolveDocument, type ResolveQuery } from './query.gen';

/** Opens what a reference, an id or a digest names; anything else is searched for. */
export function SearchBox() {
  const [words, setWords] = useState('');
  const [, navigate] = useLocation();
  const asOf = useAsOf();
  const box = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const typed = words.trim();
    if (typed === '') return;
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
    const query = new URLSearchParams({ q: typed });
    if (asOf !== undefined) query.set('asOf', asOf);
    navigate(`/search?${readable(query)}`);
  }

  return (
    <form role="search" className="search" onSubmit={(event) => void submit(event)}>
      <label className="hidden" htmlFor="search">
        Search, or paste a reference
      </label>
      <input
        ref={box}
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
