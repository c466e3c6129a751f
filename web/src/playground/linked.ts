/** A request that the address of the playground names. */
export interface Linked {
  query: string;
  variables?: string | undefined;
}

/** Takes `?query=&variables=` from the address, so that a reload does not open another tab. */
export function takeLinked(): Linked | null {
  const search = new URLSearchParams(location.search);
  const query = search.get('query');
  if (query === null) return null;
  history.replaceState(null, '', location.pathname);
  return { query, variables: search.get('variables') ?? undefined };
}
