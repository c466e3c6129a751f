import { kindWords } from '../../parts/words/kind';
import type { Asked } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { shellQuoted } from '../../take/commands';
import type { ModelUpstreamQuery } from './queries/upstream.gen';

interface UpstreamProps {
  asked: Asked<ModelUpstreamQuery>;
  name: string;
  vs: string | undefined;
}

/** How much is upstream, by kind, and next to it that of the version it is compared with. */
export function Upstream({ asked, name, vs }: UpstreamProps) {
  const { seq } = useMoment();
  return (
    <Block
      title="Everything upstream"
      asked={asked}
      command={`stemma export prov ${shellQuoted(name)} --as-of ${seq}`}
      none={({ at }) => (at.upstream?.total.versionCount === 0 ? <p className="none">It was made from nothing that is recorded as of seq {seq}.</p> : undefined)}
      extent={({ at }) => extentOf(at.upstream?.groups.nodes.length ?? 0, at.upstream?.groups.totalCount ?? 0, at.upstream?.info, seq)}
      table={({ at }) => ({
        columns: ['kind', 'versions', 'items', 'wrong', ...(at.other ? ['otherVersions', 'otherWrong'] : [])],
        rows: rowsOf(at).map(({ kind, ours, theirs }) => [
          kind,
          ours?.versionCount ?? 0,
          ours?.itemCount ?? 0,
          ours?.wrongCount ?? 0,
          ...(at.other ? [theirs?.versionCount ?? 0, theirs?.wrongCount ?? 0] : []),
        ]),
      })}
    >
      {({ at }) => {
        const least = at.upstream?.info.complete === false ? 'at least ' : '';
        const leastOther = at.other?.info.complete === false ? 'at least ' : '';
        return (
          <div className="scroll" tabIndex={0} role="region" aria-label="Counts by kind">
            <table>
              <thead>
                <tr>
                  <th scope="col">kind</th>
                  <th scope="col" className="number">
                    versions
                  </th>
                  <th scope="col" className="number">
                    wrong
                  </th>
                  {at.other && (
                    <>
                      <th scope="col" className="number">
                        versions of {vs?.split('/').at(-1)}
                      </th>
                      <th scope="col" className="number">
                        wrong
                      </th>
                    </>
                  )}
                </tr>
              </thead>
              <tbody>
                {rowsOf(at).map(({ kind, ours, theirs }) => (
                  <tr key={kind}>
                    <th scope="row">{kindWords(kind)}</th>
                    <td className="number">
                      {least}
                      {(ours?.versionCount ?? 0).toLocaleString()}
                    </td>
                    <td className="number">
                      <WrongCount count={ours?.wrongCount ?? 0} />
                    </td>
                    {at.other && (
                      <>
                        <td className="number">
                          {leastOther}
                          {(theirs?.versionCount ?? 0).toLocaleString()}
                        </td>
                        <td className="number">
                          <WrongCount count={theirs?.wrongCount ?? 0} />
                        </td>
                      </>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Block>
  );
}

function WrongCount({ count }: { count: number }) {
  return count === 0 ? '0' : <span className="mark wrong">{count.toLocaleString()} wrong</span>;
}

/** The kinds of both versions, and the total. */
function rowsOf({ upstream, other }: ModelUpstreamQuery['at']) {
  const ours = upstream?.groups.nodes ?? [];
  const theirs = other?.groups.nodes ?? [];
  const kinds = [...new Set([...ours, ...theirs].map(({ kind }) => kind))];
  return [
    ...kinds.map((kind) => ({
      kind: String(kind),
      ours: ours.find((group) => group.kind === kind),
      theirs: theirs.find((group) => group.kind === kind),
    })),
    { kind: 'total', ours: upstream?.total, theirs: other?.total },
  ];
}
