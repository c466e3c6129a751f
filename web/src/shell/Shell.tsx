import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';

import { TokenField } from '../access/TokenField';
import { readToken, writeToken } from '../access/token';
import { useAsOf } from '../moment/moment';
import { routes } from '../routes';
import { Keys } from './Keys';
import { SearchBox } from './SearchBox';

/** What every page has: the name, the search, the pages and the token. */
export function Shell({ isRefused, onToken, children }: { isRefused: boolean; onToken(): void; children: ReactNode }) {
  const [token, setToken] = useState(readToken);
  const asOf = useAsOf();
  const suffix = asOf === undefined ? '' : `?asOf=${asOf}`;

  function changeToken(next: string | null) {
    writeToken(next);
    setToken(next);
    onToken();
  }

  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="shell">
        <Link href={`/${suffix}`} className="shell-name">
          stemma
        </Link>
        <SearchBox />
        <nav aria-label="Pages">
          {routes
            .filter((route) => route.isListed)
            .map((route) => (
              <Link key={route.path} href={`/${route.path}${suffix}`} className={(active) => (active ? 'active' : '')}>
                {route.name}
              </Link>
            ))}
          <a href="playground">Playground</a>
        </nav>
        <Keys />
        {(isRefused || token !== null) && <TokenField token={token} refused={isRefused} onChange={changeToken} />}
      </header>
      <main id="main">{children}</main>
    </>
  );
}
