import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';

import { EXAMPLES_PLUGIN } from './ExamplesPanel';
import { Header } from './Header';
import { TokenField } from './TokenField';
import { EDITOR_THEMES, useEditorThemes } from './editorThemes';
import { examples } from './examples';
import { createFetcher } from './fetcher';
import { readToken, writeToken } from './token';
import { pageStorage } from './storage';

const PLUGINS = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];
const TABS = examples.map(({ query }) => ({ query }));

/** The page: a header, and GraphiQL in all the rest. */
export function App() {
  const [token, setToken] = useState(readToken);
  const [refused, setRefused] = useState(false);
  // A new fetcher makes GraphiQL ask for the schema again, which is what a new token needs.
  const fetcher = useMemo(() => createFetcher(token, setRefused), [token]);
  useEditorThemes();

  function changeToken(next: string | null) {
    writeToken(next);
    setToken(next);
  }

  return (
    <>
      <Header>
        {(refused || token !== null) && <TokenField token={token} refused={refused} onChange={changeToken} />}
      </Header>
      <main className="playground">
        <GraphiQL
          fetcher={fetcher}
          storage={pageStorage}
          plugins={PLUGINS}
          defaultTabs={TABS}
          defaultEditorToolsVisibility={false}
          editorTheme={EDITOR_THEMES}
          shouldPersistHeaders={false}
          schemaDescription
          inputValueDeprecation
        >
          <GraphiQL.Logo>{null}</GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}
