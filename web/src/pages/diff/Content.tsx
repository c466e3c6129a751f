import type { Asked } from '../../api/useAnswer';
import { Block } from '../../states/Block';
import { reference } from '../../url/reference';
import { cut } from './changes';
import { type Difference, type Kind, compared, kindOf } from './content';
import type { Changed } from './question';
import type { DiffEndFragment, DiffEndsQuery } from './query.gen';

/** The paths on one page. */
const MOST = 100;

const MARKS: Record<Kind, [words: string, className: string]> = {
  added: ['added', 'mark'],
  removed: ['removed', 'mark'],
  changed: ['changed', 'mark'],
  same: ['same', 'quiet'],
};

interface ContentProps extends Changed {
  asked: Asked<DiffEndsQuery>;
  seq: string;
}

/** The differences of the attributes and of what else a version consists of. */
export function Content({ asked, seq, params, change }: ContentProps) {
  const found = ({ at: { a, b } }: DiffEndsQuery): Difference[] => (a && b ? differences(a, b) : []);
  const shown = (data: DiffEndsQuery) => found(data).filter((one) => params.same || kindOf(one) !== 'same');
  return (
    <Block
      title="Content"
      asked={asked}
      controls={
        <span className="controls">
          <label>
            <input type="checkbox" checked={params.same} onChange={(event) => change({ same: event.target.checked })} />
            also what is the same
          </label>
        </span>
      }
      none={(data) => (shown(data).length === 0 ? <p className="none">The content is the same, as of seq {seq}.</p> : undefined)}
      extent={(data) => {
        const count = found(data).length - found(data).filter((one) => kindOf(one) === 'same').length;
        const cutOff = shown(data).length > MOST ? ` · the first ${MOST} are shown, the CSV has all` : '';
        return { isWhole: cutOff === '', words: `${count.toLocaleString()} of ${found(data).length.toLocaleString()} paths differ${cutOff} · seq ${seq}` };
      }}
      table={(data) => ({
        columns: ['path', 'first', 'second', 'change'],
        rows: shown(data).map((one) => [one.path, one.a ?? null, one.b ?? null, kindOf(one)]),
      })}
    >
      {(data) => (
        <div className="scroll" tabIndex={0} role="region" aria-label="Table of the content">
          <table>
            <thead>
              <tr>
                <th scope="col">path</th>
                <th scope="col">first</th>
                <th scope="col">second</th>
                <th scope="col">change</th>
              </tr>
            </thead>
            <tbody>
              {shown(data)
                .slice(0, MOST)
                .map((one) => {
                  const [words, className] = MARKS[kindOf(one)];
                  return (
                    <tr key={one.path}>
                      <th scope="row" className="name">
                        {one.path}
                      </th>
                      <td className="name">{one.a === undefined ? <span className="quiet">–</span> : cut(one.a, 200)}</td>
                      <td className="name">{one.b === undefined ? <span className="quiet">–</span> : cut(one.b, 200)}</td>
                      <td>
                        <span className={className}>{words}</span>
                      </td>
                    </tr>
                  );
                })}
            </tbody>
          </table>
        </div>
      )}
    </Block>
  );
}

/** Attributes first, then the payload, the class list and what ran. */
function differences(a: DiffEndFragment, b: DiffEndFragment): Difference[] {
  return compared(sides(a), sides(b)).sort((left, right) => rank(left.path) - rank(right.path));
}

const ORDER = ['attributes', 'payload', 'mediaType', 'classList', 'activity'];

function rank(path: string): number {
  return ORDER.findIndex((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
}

function sides({ attributes, payload, mediaType, ontology, activity }: DiffEndFragment): Record<string, unknown> {
  return {
    attributes,
    mediaType: mediaType ?? undefined,
    payload: payload === null ? undefined : { digest: payload.digest, size: payload.size },
    classList: ontology === null ? undefined : reference(ontology),
    activity: activity === null ? undefined : { name: activity.name, codeReference: activity.codeReference ?? undefined, parameters: activity.parameters },
  };
}
