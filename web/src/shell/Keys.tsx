import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

import { useAsOf } from '../moment/moment';
import { routes } from '../routes';
import { areKeysOn, isForPage, switchKeys } from './keys';
import { type PageKey, usePageKeys } from './pageKeys';
import { goToRow, toggleRow } from './rowKeys';

const ROW_KEYS: PageKey[] = [
  { key: 'j', name: 'to the next row; Enter opens it', act: () => goToRow(1) },
  { key: 'k', name: 'to the row before', act: () => goToRow(-1) },
  { key: 'x', name: 'open or close what belongs to the row', act: toggleRow },
];

/** The keys of all pages. Single keys can be switched off (WCAG 2.1.4). */
export function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [, navigate] = useLocation();
  const asOf = useAsOf();
  const pageKeys = usePageKeys();

  useEffect(() => {
    let isAfterG = false;
    function pressed(event: KeyboardEvent) {
      if (!isForPage(event) || dialog.current?.open) return;
      // After `g` a key names a page.
      const namesPage = isAfterG;
      isAfterG = event.key === 'g' && !namesPage;
      const route = namesPage ? routes.find(({ key }) => key === event.key) : undefined;
      if (route !== undefined) {
        navigate(`/${route.path}${asOf === undefined ? '' : `?asOf=${asOf}`}`);
      } else if (event.key === '/') {
        document.getElementById('search')?.focus();
        event.preventDefault();
      } else if (event.key === '?') {
        dialog.current?.showModal();
      } else if (!namesPage) {
        [...ROW_KEYS, ...pageKeys].find(({ key }) => key === event.key)?.act();
      }
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [navigate, asOf, pageKeys]);

  return (
    <>
      <button type="button" className="keys-open" onClick={() => dialog.current?.showModal()}>
        Keys
      </button>
      <dialog ref={dialog} className="keys" aria-labelledby="keys-title">
        <h2 id="keys-title">Keys</h2>
        <dl>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>search</dd>
          {routes
            .filter(({ key }) => key !== undefined)
            .map(({ key, name }) => (
              <div key={key}>
                <dt>
                  <kbd>g</kbd> <kbd>{key}</kbd>
                </dt>
                <dd>{name}</dd>
              </div>
            ))}
          {[...ROW_KEYS, ...pageKeys].map(({ key, name }) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{name}</dd>
            </div>
          ))}
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>this list</dd>
        </dl>
        <form method="dialog">
          <label>
            <input
              type="checkbox"
              defaultChecked={areKeysOn()}
              onChange={(event) => switchKeys(event.target.checked)}
            />{' '}
            single keys
          </label>{' '}
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}
