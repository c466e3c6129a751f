import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { useAsOf } from '../../moment/moment';
import { writeCondition } from '../../url/condition';
import { address } from '../../url/reference';

interface SearchLinkProps {
  /** What the current versions of the items found have in common. */
  by: { author: string } | { tag: string } | { path: string[]; value: unknown };
  /** Searches in one namespace only. */
  ns?: string | undefined;
  kind?: string | undefined;
  className?: string;
  children: ReactNode;
}

/** A value on a page, which leads to the items with the same one. */
export function SearchLink({ by, ns, kind, className, children }: SearchLinkProps) {
  const asOf = useAsOf();
  const found = 'path' in by ? { attr: writeCondition({ path: by.path, test: 'in', values: [by.value] }) } : by;
  return (
    <Link href={address('search', { ns, kind, ...found, asOf })} className={className}>
      {children}
    </Link>
  );
}
