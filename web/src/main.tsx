import './styles';

import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, Suspense, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Route, Router, Switch } from 'wouter';

import { Failed } from './api/client';
import { AsOfBar } from './moment/AsOfBar';
import { MomentProvider } from './moment/MomentProvider';
import { routes } from './routes';
import { Shell } from './shell/Shell';
import { Waiting } from './states/Waiting';

/** The address below which all pages are, so that a proxy can serve them below a path. */
const BASE = new URL('.', document.baseURI).pathname.replace(/\/$/, '');

function Pages() {
  const [isRefused, setRefused] = useState(false);
  const client = useMemo(() => createQueryClient(setRefused), []);
  return (
    <QueryClientProvider client={client}>
      <Router base={BASE}>
        <Shell
          isRefused={isRefused}
          onToken={() => {
            setRefused(false);
            void client.resetQueries();
          }}
        >
          <MomentProvider>
            <AsOfBar />
            <Suspense fallback={<Waiting cancel={() => undefined} />}>
              <Switch>
                {routes.map(({ path, name, Page }) => (
                  <Route key={path} path={`/${path}`}>
                    <title>{`${name} · stemma`}</title>
                    <Page />
                  </Route>
                ))}
                <Route>
                  <h1>There is no such page</h1>
                </Route>
              </Switch>
            </Suspense>
          </MomentProvider>
        </Shell>
      </Router>
    </QueryClientProvider>
  );
}

/** Answers never change, because every question names its moment. */
function createQueryClient(setRefused: (refused: boolean) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => error instanceof Failed && error.isRefused && setRefused(true),
    }),
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        // A server on this machine answers also when the browser is offline.
        networkMode: 'always',
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && error instanceof Failed && error.isTemporary,
      },
    },
  });
}

const root = document.getElementById('root');
if (root === null) {
  throw new Error('index.html has no #root');
}
createRoot(root).render(
  <StrictMode>
    <Pages />
  </StrictMode>,
);
