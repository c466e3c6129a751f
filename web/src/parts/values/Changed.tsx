import type { ReactNode } from 'react';

import { readPath } from '../../url/condition';
import { SearchLink } from '../links/SearchLink';
import { brief, differences } from './brief';

/** How many changes are written in a cell of a table. */
const SHOWN = 3;

interface ChangedProps {
  before: unknown;
  after: unknown;
  /** A link to the version with the rest. */
  rest?: ReactNode;
  /** Where a new value is searched for; without it, values are no links. */
  searchIn?: { namespace: string; kind: string };
}

/** The attributes in which two versions differ, such as `class 8 → 9`. */
export function Changed({ before, after, rest, searchIn }: ChangedProps) {
  const changes = differences(before, after);
  const where = rest !== undefined && <>, in {rest}</>;
  if (changes.length === 0) return <>other content, with the same attributes{where}</>;
  return (
    <>
      {changes.slice(0, SHOWN).map((change) => (
        <div key={change.path}>
          <span className="quiet">{change.path}</span> {brief(change.before, 40)} →{' '}
          {searchIn === undefined ? (
            <strong>{brief(change.after, 40)}</strong>
          ) : (
            <SearchLink by={{ path: readPath(change.path), value: change.after }} ns={searchIn.namespace} kind={searchIn.kind}>
              {brief(change.after, 40)}
            </SearchLink>
          )}
        </div>
      ))}
      {changes.length > SHOWN && (
        <span className="quiet">
          and {changes.length - SHOWN} more{where}
        </span>
      )}
    </>
  );
}
