import type { Asked } from '../../api/useAnswer';
import { clock, useMoment } from '../../moment/moment';
import { Tags } from '../../parts/Tags';
import { TextField } from '../../parts/TextField';
import { TextForm } from '../../parts/TextForm';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import type { ModelQuery } from './queries/model.gen';

interface VersionsProps {
  asked: Asked<ModelQuery>;
  vs: string | undefined;
  compare(vs: string | undefined): void;
}

/** The versions of the model, newest first: which of them saw nothing wrong, and what to compare with. */
export function Versions({ asked, vs, compare }: VersionsProps) {
  const { seq } = useMoment();
  const shown = asked.data?.at.resolve;
  return (
    <Block
      title="Its versions"
      asked={asked}
      controls={
        <TextForm button="Compare" send={(typed) => compare(typed('vs') || undefined)}>
          <TextField name="vs" label="compare with" value={vs ?? ''} size={28} hint="…/MODEL/…#2" isCode />
        </TextForm>
      }
      extent={({ at }) => extentOf(at.resolve?.item.history.nodes.length ?? 0, at.resolve?.item.history.totalCount ?? 0, undefined, seq)}
      table={({ at }) => ({
        columns: ['version', 'committedAt', 'isHead', 'wrong', 'tags', 'sourceCount', 'trainingSets', 'wrongCounts'],
        rows: (at.resolve?.item.history.nodes ?? []).map((version) => [
          reference({ ...version, item: at.resolve!.item }),
          version.committedAt,
          version.isHead,
          version.wrong,
          version.tags.map(({ name }) => name).join(' '),
          version.sources.totalCount,
          setsOf(version).map(reference).join(' '),
          setsOf(version).map(({ freshness }) => freshness?.wrongCount).join(' '),
        ]),
      })}
    >
      {({ at }) => (
        <div className="scroll" tabIndex={0} role="region" aria-label="Versions">
          <table>
            <thead>
              <tr>
                <th scope="col">version</th>
                <th scope="col">made from</th>
                <th scope="col">made</th>
                <th scope="col">tags</th>
                <th scope="col">compare</th>
              </tr>
            </thead>
            <tbody>
              {at.resolve?.item.history.nodes.toReversed().map((version) => {
                const named = { item: at.resolve!.item, number: version.number };
                return (
                  <tr key={version.hash}>
                    <th scope="row">
                      <VersionLink of={named} /> {version.isHead && <span className="mark fixed">current</span>}{' '}
                      {version.wrong && <span className="mark wrong">wrong itself</span>}
                    </th>
                    <td>
                      {version.sources.nodes.map(({ role, source }) => (
                        <div key={`${role} ${source.hash}`}>
                          <VersionLink of={source} /> <Wrong freshness={source.freshness} />
                        </div>
                      ))}
                      {version.sources.totalCount > version.sources.nodes.length && (
                        <span className="quiet">and {(version.sources.totalCount - version.sources.nodes.length).toLocaleString()} more</span>
                      )}
                    </td>
                    <td>{clock(version.committedAt)}</td>
                    <td>
                      <Tags tags={version.tags} />
                    </td>
                    <td>
                      {version.hash === shown?.hash ? (
                        'on this page'
                      ) : reference(named) === vs ? (
                        <button type="button" onClick={() => compare(undefined)}>
                          Stop comparing
                        </button>
                      ) : (
                        <button type="button" onClick={() => compare(reference(named))}>
                          Compare with #{version.number}
                        </button>
                      )}
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

function Wrong({ freshness }: { freshness: { wrongCount: number } | null }) {
  if (freshness === null) return null;
  if (freshness.wrongCount === 0) return <span className="quiet">nothing wrong</span>;
  return <span className="mark wrong">{freshness.wrongCount.toLocaleString()} wrong</span>;
}

type Node = NonNullable<ModelQuery['at']['resolve']>['item']['history']['nodes'][number];

/** The training sets among the direct sources; an evaluation or a deployment may have none. */
function setsOf(version: Node) {
  return version.sources.nodes.filter(({ source }) => source.item.kind === 'TRAINING_SET').map(({ source }) => source);
}
