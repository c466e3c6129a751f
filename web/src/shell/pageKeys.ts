import { useEffect, useRef, useSyncExternalStore } from 'react';

/** A single key of the page that is shown. */
export interface PageKey {
  key: string;
  /** What it does, for the list of keys. */
  name: string;
  act(): void;
}

let shown: PageKey[] = [];
const listeners = new Set<() => void>();

function change(next: PageKey[]): void {
  shown = next;
  listeners.forEach((listener) => listener());
}

/** Gives the page keys of its own, which are in the list of keys and are switched off with all others. */
export function useKeys(keys: PageKey[]): void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  const names = keys.map(({ key, name }) => `${key} ${name}`).join('\n');
  useEffect(() => {
    const own = newest.current.map(({ key, name }) => ({ key, name, act: () => newest.current.find((other) => other.key === key)?.act() }));
    change([...shown, ...own]);
    return () => change(shown.filter((key) => !own.includes(key)));
  }, [names]);
}

/** Returns the keys of the page that is shown. */
export function usePageKeys(): PageKey[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}
