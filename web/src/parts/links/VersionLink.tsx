import { Link } from 'wouter';

import { useAsOf } from '../../moment/moment';
import { type Named, pageOf, shortName } from '../../url/reference';

/** The name of a version or an item, which leads to its page at the same moment. */
export function VersionLink({ of }: { of: Named }) {
  const asOf = useAsOf();
  return (
    <Link href={pageOf(of, asOf)} className="name">
      {shortName(of)}
    </Link>
  );
}
