import { Value } from '../../parts/values/Value';
import type { ClassRow } from './content/classList';

/** The most classes on a page, and the most fields of each. */
const MOST = 100;
const MOST_FIELDS = 6;

/** The classes of a class list, and how they differ from another version of it; of what was before version `unknown` only by their fields. */
export function Classes({ rows, unknown }: { rows: ClassRow[]; unknown: number }) {
  const sorted = rows.toSorted((a, b) => Number(a.state === 'same' && a.said.length === 0) - Number(b.state === 'same' && b.said.length === 0));
  const shown = rows.length <= MOST ? rows : sorted.slice(0, MOST);
  const all = [...new Set(rows.flatMap(({ fields }) => Object.keys(fields)))];
  const names = all.slice(0, MOST_FIELDS);
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="All classes">
        <table>
          <thead>
            <tr>
              <th scope="col">class</th>
              {names.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
              <th scope="col">change</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, fields, state, said }) => (
              <tr key={name}>
                <th scope="row" className="name">
                  {state === 'removed' ? <del>{name}</del> : name}
                </th>
                {names.map((field) => (
                  <td key={field}>
                    <Value value={fields[field]} />
                  </td>
                ))}
                <td>
                  {state !== 'same' && <span className={`mark ${MARKS[state]}`}>{state}</span>} {said.join(', ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="extent">
        {shown.length.toLocaleString()} of {rows.length.toLocaleString()} classes{shown.length < rows.length && ', those that changed first'}
        {names.length < all.length && `, with ${names.length} of ${all.length} fields: the CSV has all of them`}
        {unknown > 0 && `; renames, merges and splits before #${unknown} are not listed`}
      </p>
    </>
  );
}

const MARKS = { added: 'fixed', removed: 'wrong', changed: 'stale' };
