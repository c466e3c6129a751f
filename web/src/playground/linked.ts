import type { Request } from './open';

/** Takes `?query=&variables=&operationName=` from the address, so that a reload does not open another tab. */
export function takeLinked(): Request | null {
  const search = new URLSearchParams(location.search);
  const query = search.get('query');
  if (query === null) return null;
  history.replaceState(null, '', location.pathname);
  return {
    query,
    variables: search.get('variables') ?? undefined,
    operationName: search.get('operationName') ?? undefined,
  };
}
