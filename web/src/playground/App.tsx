import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';

import { EXAMPLES_PLUGIN } from './ExamplesPanel';
import { Header } from './Header';
import { ImageStrip } from './ImageStrip';
import { TokenField } from '../access/TokenField';
import { Editors } from './Editors';
import { EDITOR_THEMES, useEditorThemes } from './editorThemes';
import { examples } from './examples';
import { createFetcher } from './fetcher';
import { type Named, payloadsIn } from './images';
import { takeLinked } from './linked';
import { readToken, writeToken } from '../access/token';
import { pageStorage } from './storage';

const PLUGINS = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];
/** The rest of the examples is in their panel. */
const FIRST_TABS = 3;
const TABS = examples.slice(0, FIRST_TABS).map(({ query }) => ({ query }));
/** The request that the address names, which is opened once, in a new tab. */
const LINKED = takeLinked();

/** The page: a header, GraphiQL, and the images that an answer names. */
export function App() {
  const [token, setToken] = useState(readToken);
  const [refused, setRefused] = useState(false);
  const [payloads, setPayloads] = useState<Named[]>([]);
  // With a new token, a new fetcher makes GraphiQL request the schema again.
  const fetcher = useMemo(() => createFetcher(token, setRefused, (answer) => setPayloads(payloadsIn(answer))), [token]);
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
          defaultEditorToolsVisibility={LINKED?.variables === undefined ? false : 'variables'}
          editorTheme={EDITOR_THEMES}
          shouldPersistHeaders={false}
          schemaDescription
          inputValueDeprecation
        >
          <GraphiQL.Logo>{null}</GraphiQL.Logo>
          <Editors linked={LINKED} />
        </GraphiQL>
      </main>
      <ImageStrip payloads={payloads} token={token} />
    </>
  );
}
