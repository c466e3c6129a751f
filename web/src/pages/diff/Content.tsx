import type { Asked } from '../../api/useAnswer';
import { Rows } from '../../parts/Rows';
import { Value } from '../../parts/values/Value';
import { Block } from '../../states/Block';
import { reference } from '../../url/reference';
import { type Change, difference } from '../../parts/values/difference';
import { equalInWords } from '../../parts/values/equal';
import type { DiffEndFragment, DiffEndsQuery } from './queries/ends.gen';

/** The differences on one page. */
const MOST = 100;

interface ContentProps {
  asked: Asked<DiffEndsQuery>;
  seq: string;
}

/** The differences of the attributes and of what else a version consists of. */
export function Content({ asked, seq }: ContentProps) {
  return (
    <Block
      title="Content"
      asked={asked}
      none={(data) => {
        const { a, b } = data.at;
        if (a === null || b === null || changesOf(data).length > 0) return undefined;
        return <p className="none">{equalInWords(a, b)}</p>;
      }}
      extent={(data) => {
        const count = changesOf(data).length;
        const shown = Math.min(count, MOST);
        const words = `${shown.toLocaleString()} of ${count.toLocaleString()} differences · seq ${seq}`;
        return { isWhole: shown === count, words: shown === count ? words : `${words} · the CSV has all of them` };
      }}
      table={(data) => ({
        columns: ['path', 'first', 'second'],
        rows: changesOf(data).map(({ path, before, after }) => [path, written(before), written(after)]),
      })}
    >
      {(data) => (
        <Rows label="Table of the content" columns={['what', 'first', 'second', 'change']}>
          {changesOf(data)
            .slice(0, MOST)
            .map(({ path, before, after }) => (
              <tr key={path}>
                <th scope="row" className="name">
                  {path}
                </th>
                <td>
                  <Value value={before} />
                </td>
                <td>
                  <Value value={after} />
                </td>
                <td className="quiet">{before === undefined ? 'only in the second' : after === undefined ? 'only in the first' : 'differs'}</td>
              </tr>
            ))}
        </Rows>
      )}
    </Block>
  );
}

/** Attributes first, then the payload, the class list and what ran. */
function changesOf({ at: { a, b } }: DiffEndsQuery): Change[] {
  if (a === null || b === null) return [];
  const [before, after] = [sidesOf(a), sidesOf(b)];
  return Object.keys(before).flatMap((name) =>
    difference(before[name], after[name]).map((change) => ({ ...change, path: `${name}${change.path}` })),
  );
}

function sidesOf({ attributes, payload, mediaType, ontology, activity }: DiffEndFragment): Record<string, unknown> {
  return {
    attributes,
    payload: payload === null ? undefined : { digest: payload.digest, size: payload.size },
    mediaType: mediaType ?? undefined,
    classList: ontology === null ? undefined : reference(ontology),
    activity: activity === null ? undefined : { name: activity.name, codeReference: activity.codeReference ?? undefined, parameters: activity.parameters },
  };
}

function written(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
