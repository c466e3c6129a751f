import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { useAsOf } from '../../moment/moment';
import { address } from '../../url/reference';

/** The number of a commit, which leads to its page at the same moment. */
export function CommitLink({ seq, children = seq }: { seq: string; children?: ReactNode }) {
  return <Link href={address('commit', { seq, asOf: useAsOf() })}>{children}</Link>;
}
