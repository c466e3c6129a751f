import { Value } from '../../parts/values/Value';
import { equalInWords } from '../../parts/values/equal';
import type { Age, Layer } from '../../picture/source';
import { type LabelFields, useAllFields } from '../../picture/useFields';
import { reference } from '../../url/reference';
import { MOST_CHANGES, changesOf, contentOf } from './content/changes';
import type { Change } from '../../parts/values/difference';
import { Pictures } from './Pictures';
import { labelsOf, layersOf } from './content/attached';
import { sideOf } from './content/sides';
import type { Compared, Item } from './state';
import css from './Page.module.css';
import type { Mode } from '../../picture/Compare';

interface DifferenceProps {
  item: Item;
  /** Null if there is one version only. */
  older: Compared | null;
  newer: Compared;
  /** The fields of both, which may be in their payloads. */
  before: LabelFields;
  after: LabelFields;
  mode: Mode | 'auto';
  isPlain: boolean;
  change(next: { mode?: Mode | 'auto'; plain?: boolean }): void;
}

/** Two versions of an item: their pictures, and where their content differs. */
export function Difference({ item, older, newer, before, after, mode, isPlain, change }: DifferenceProps) {
  const all = older === null ? contentOf(newer, after.fields) : changesOf(older, newer, before.fields, after.fields);
  // Classes have a table of their own.
  const rows = item.kind === 'ONTOLOGY' ? all.filter(({ path }) => !path.startsWith('/classes/')) : all;
  const name = reference({ item });
  const age = older === null ? 'only' : 'new';
  const [olderLabels, newerLabels] = [useLabels(older, item.kind, 'old'), useLabels(newer, item.kind, age)];
  const shown = { kind: item.kind, name };
  const left = older && sideOf({ ...shown, version: older, fields: before.fields, age: 'old', labels: olderLabels.layers });
  const right = sideOf({ ...shown, version: newer, fields: after.fields, age, labels: newerLabels.layers });
  const problems = [before.problem ?? after.problem, olderLabels.problem ?? newerLabels.problem].filter((one) => one !== undefined);
  return (
    <div className={css.difference}>
      <Pictures before={left ?? undefined} after={right} mode={mode} isPlain={isPlain} change={change} />
      <div className={css.changes}>
        {rows.length === 0 ? (
          <p className="none">{rows.length < all.length ? 'See the classes below.' : older === null ? 'It has no attributes and no payload.' : equalInWords(older, newer)}</p>
        ) : (
          <Changes rows={rows} older={older} newer={newer} />
        )}
        {problems.map((problem) => (
          <p key={problem} className="quiet">
            {problem}
          </p>
        ))}
      </div>
    </div>
  );
}

/** The labels of a version as layers of its picture, and what is not drawn of them. */
function useLabels(version: Compared | null, kind: string, age: Age): { layers: Layer[]; problem: string | undefined } {
  const { drawn, problem } = version === null ? { drawn: [], problem: undefined } : labelsOf(version, kind);
  const fields = useAllFields(drawn);
  return { layers: layersOf(drawn, fields, age), problem: problem ?? fields.find((one) => one.problem !== undefined)?.problem };
}

function Changes({ rows, older, newer }: { rows: Change[]; older: Compared | null; newer: Compared }) {
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Content">
        <table>
          <thead>
            <tr>
              <th scope="col">what</th>
              {older !== null && (
                <th scope="col">
                  #{older.number} {older.wrong && <span className="mark wrong">WRONG</span>}
                </th>
              )}
              <th scope="col">
                #{newer.number} {newer.wrong && <span className="mark wrong">WRONG</span>}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_CHANGES).map(({ path, before, after }) => (
              <tr key={path}>
                <th scope="row" className="name">
                  {path}
                </th>
                {older !== null && (
                  <td>
                    <Content path={path} value={before} />
                  </td>
                )}
                <td>
                  <Content path={path} value={after} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="extent">
        {Math.min(rows.length, MOST_CHANGES).toLocaleString()} of {rows.length.toLocaleString()} {older === null ? 'values' : 'differences'}
      </p>
    </>
  );
}

/** Attributes, whose paths begin with `/`, are JSON; everything else is text. */
function Content({ path, value }: { path: string; value: unknown }) {
  return path.startsWith('/') || typeof value !== 'string' ? <Value value={value} /> : <span className="name value">{value}</span>;
}
