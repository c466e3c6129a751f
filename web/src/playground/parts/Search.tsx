import { useDocExplorerActions } from '@graphiql/plugin-doc-explorer';
import { MagnifyingGlassIcon, useGraphiQL } from '@graphiql/react';
import { useDeferredValue, useMemo, useState } from 'react';

import { entriesOf, find, type Entry } from '../documentation';

/** The most hits that are listed. */
const MOST = 50;

/** Searches the names and the descriptions of the schema; GraphiQL's own search reads the names only. */
export function Search() {
  const schema = useGraphiQL((state) => state.schema);
  const { push } = useDocExplorerActions();
  const [words, setWords] = useState('');
  const searched = useDeferredValue(words);
  const entries = useMemo(() => (schema ? entriesOf(schema) : []), [schema]);
  const hits = useMemo(() => find(entries, searched), [entries, searched]);
  const shown = hits.slice(0, MOST);

  function open({ target }: Entry) {
    push(target);
    setWords('');
  }

  return (
    <form
      className="docs-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (shown[0] !== undefined) open(shown[0]);
      }}
    >
      <label className="docs-search-box">
        <MagnifyingGlassIcon aria-hidden="true" />
        <input
          type="search"
          aria-label="Search names and descriptions"
          placeholder="names and descriptions"
          autoComplete="off"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </label>
      {searched.trim() !== '' && (
        <>
          <p className="docs-search-count" role="status">
            {hits.length > MOST ? `The first ${MOST} of ${hits.length}: add a word` : `${hits.length} found`}
          </p>
          <ul className="docs-search-hits">
            {shown.map((entry) => (
              <li key={entry.path}>
                <button type="button" onClick={() => open(entry)}>
                  <code>{entry.path}</code>
                  {entry.description !== '' && <span>{entry.description}</span>}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </form>
  );
}
