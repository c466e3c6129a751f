import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

import { readable } from './reference';

/** How one parameter is written in the address. What cannot be read is the default. */
export interface Param<T> {
  read(value: string | null): T;
  /** Returns null for the default, which is left out of the address. */
  write(value: T): string | null;
}

export const text = (otherwise = ''): Param<string> => ({
  read: (value) => value ?? otherwise,
  write: (value) => (value === otherwise ? null : value),
});

export const optional: Param<string | undefined> = {
  read: (value) => value ?? undefined,
  write: (value) => value ?? null,
};

export const flag: Param<boolean> = {
  read: (value) => value === '1',
  write: (value) => (value ? '1' : null),
};

export const oneOf = <const T extends string>(values: readonly T[], otherwise: T): Param<T> => ({
  read: (value) => values.find((known) => known === value) ?? otherwise,
  write: (value) => (value === otherwise ? null : value),
});

export const integer = (otherwise: number, least: number, most: number): Param<number> => ({
  read: (value) => {
    const number = value !== null && /^\d{1,9}$/.test(value) ? Number(value) : otherwise;
    return number < least || number > most ? otherwise : number;
  },
  write: (value) => (value === otherwise ? null : String(value)),
});

/** A seq: digits, without a leading zero. */
export const seq: Param<string | undefined> = {
  read: (value) => (value !== null && /^(0|[1-9]\d{0,18})$/.test(value) ? value : undefined),
  write: (value) => value ?? null,
};

export type Spec<T> = { [Name in keyof T]: Param<T[Name]> };

export function readParams<T>(spec: Spec<T>, search: string): T {
  const query = new URLSearchParams(search);
  const names = Object.keys(spec) as (keyof T & string)[];
  return Object.fromEntries(names.map((name) => [name, spec[name].read(query.get(name))])) as T;
}

/** Returns the search with some parameters changed; those of other parts of the page stay. */
export function changedSearch<T>(spec: Spec<T>, search: string, changes: Partial<T>): string {
  const query = new URLSearchParams(search);
  for (const name of Object.keys(changes) as (keyof T & string)[]) {
    const value = spec[name].write(changes[name] as T[typeof name]);
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return readable(query);
}

/** The state of a page, which is its address. `change` adds a step to the history unless `replace` is set. */
export function useParams<T>(spec: Spec<T>): [T, (changes: Partial<T>, options?: { replace?: boolean }) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const params = useMemo(() => readParams(spec, search), [spec, search]);
  const change = useCallback(
    (changes: Partial<T>, options?: { replace?: boolean }) => {
      const next = changedSearch(spec, search, changes);
      navigate(next === '' ? path : `${path}?${next}`, options);
    },
    [spec, search, path, navigate],
  );
  return [params, change];
}
