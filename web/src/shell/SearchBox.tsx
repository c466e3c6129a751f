import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';

import { useAsOf } from '../moment/moment';
import { find } from './find';

/** Opens what a reference or an id names, also of a commit; anything else is searched for. */
export function SearchBox() {
  const [words, setWords] = useState('');
  const [, navigate] = useLocation();
  const asOf = useAsOf();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const typed = words.trim();
    if (typed === '') return;
    navigate(await find(typed, asOf));
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
