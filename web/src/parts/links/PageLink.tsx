import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { useAsOf } from '../../moment/moment';
import { routes } from '../../routes';
import { readable } from '../../url/reference';

interface PageLinkProps {
  /** The path of the page, without a slash. */
  to: string;
  params?: Record<string, string>;
  children: ReactNode;
}

/** A link to another page at the same moment; nothing if there is no such page. */
export function PageLink({ to, params = {}, children }: PageLinkProps) {
  const asOf = useAsOf();
  if (!routes.some(({ path }) => path === to)) return null;
  const query = new URLSearchParams(params);
  if (asOf !== undefined) query.set('asOf', asOf);
  const search = readable(query);
  return <Link href={`/${to}${search === '' ? '' : `?${search}`}`}>{children}</Link>;
}
