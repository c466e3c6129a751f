import { useClicked } from '../../api/useClicked';
import { useMoment } from '../../moment/moment';
import { Changed } from '../../parts/values/Changed';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { reference } from '../../url/reference';
import { SetRefreshDocument, type SetRefreshMutation } from './queries/refresh.gen';
import type { SetQuery } from './queries/set.gen';

type Version = NonNullable<SetQuery['at']['resolve']>;
type Preview = SetRefreshMutation['refreshTrainingSet'];

/** At most this many rows of each list are on the screen; the server returns up to 1,000. */
const SHOWN = 50;

/** What a refresh of the set would replace and remove. It is a dry run: nothing is written. */
export function Refresh({ set }: { set: Version }) {
  const moment = useMoment();
  const { namespace, kind, key } = set.item;
  const answer = useClicked(SetRefreshDocument, { item: { namespace, kind, key } });
  const isAsked = answer.data !== undefined || answer.isAsking || answer.failed !== undefined;
  const ask = (
    <button type="button" disabled={answer.isAsking} onClick={answer.ask}>
      {isAsked ? 'Ask again' : 'Ask what a refresh would change'}
    </button>
  );
  const words = (
    <p>
      A refresh makes the next version of the set: wrong members are replaced by their current versions, and those without one are left out. It
      starts from the newest version{!(moment.isNow && set.isHead) && ', whatever version and moment this page shows'}. This preview writes
      nothing.
    </p>
  );
  if (!isAsked) {
    return (
      <section className="block" aria-label="Refresh preview">
        <header className="block-head">
          <h2>Refresh preview</h2>
        </header>
        {words}
        {ask}
      </section>
    );
  }
  return (
    <Block
      title="Refresh preview"
      asked={answer}
      controls={ask}
      before={words}
      none={({ refreshTrainingSet: preview }) =>
        preview.replacedCount + preview.removedCount + preview.unresolvedCount === 0 ? (
          <p className="none">
            A refresh would change nothing: no member of <VersionLink of={{ item: set.item, number: preview.version.number }} /> is wrong
            {preview.wrongItself !== null && ', but the version is wrong itself, which a refresh does not heal'}.
          </p>
        ) : undefined
      }
      extent={({ refreshTrainingSet: preview }) => {
        const counts = `${preview.replacedCount.toLocaleString()} replaced · ${preview.removedCount.toLocaleString()} left out · ${preview.unresolvedCount.toLocaleString()} kept`;
        const isWhole = preview.replaced.length === preview.replacedCount && preview.removed.length === preview.removedCount && preview.unresolved.length === preview.unresolvedCount;
        return { isWhole, words: `${counts} · nothing was written${isWhole ? '' : ' · not the whole answer: it lists the first 1,000 of each'}` };
      }}
      table={({ refreshTrainingSet: preview }) => ({
        columns: ['change', 'member', 'split', 'replacement', 'was', 'now'],
        rows: [
          ...preview.replaced.map(({ split, pinned, replacement }) => [
            'replaced',
            reference(pinned),
            split,
            reference({ item: pinned.item, number: replacement.number }),
            JSON.stringify(pinned.attributes),
            JSON.stringify(replacement.attributes),
          ]),
          ...preview.removed.map((version) => ['left out', reference(version), null, null, null, null]),
          ...preview.unresolved.map((version) => ['kept', reference(version), null, null, null, null]),
        ],
      })}
    >
      {({ refreshTrainingSet: preview }) => <Changes preview={preview} set={set} />}
    </Block>
  );
}

function Changes({ preview, set }: { preview: Preview; set: Version }) {
  return (
    <>
      <p>
        From <VersionLink of={{ item: set.item, number: preview.version.number }} />
        {preview.mergedCount > 0 && `; ${preview.mergedCount.toLocaleString()} of the replacements are members already`}
        {preview.wrongItself !== null && '; that version is wrong itself, which a refresh does not heal'}
      </p>
      {preview.replacedCount > 0 && <Replaced preview={preview} />}
      <Listed title="Left out, because they are wrong and nothing replaces them" count={preview.removedCount} of={preview.removed} />
      <Listed title="Kept, although made from something wrong: make them again first" count={preview.unresolvedCount} of={preview.unresolved} />
      <p className="quiet">To write it, send the same mutation without dryRun: “Take it with you” copies it.</p>
    </>
  );
}

function Replaced({ preview }: { preview: Preview }) {
  const rows = preview.replaced.slice(0, SHOWN);
  return (
    <>
      <h3>Replaced: {heading(preview.replacedCount, rows.length)}</h3>
      <div className="scroll" tabIndex={0} role="region" aria-label="Replaced members">
        <table>
          <thead>
            <tr>
              <th scope="col">member</th>
              <th scope="col">becomes</th>
              <th scope="col">difference</th>
              <th scope="col">split</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ pinned, replacement, split }) => (
              <tr key={`${pinned.hash} ${split}`}>
                <th scope="row">
                  <VersionLink of={pinned} />
                </th>
                <td>
                  <VersionLink of={{ item: pinned.item, number: replacement.number }} />
                </td>
                <td>
                  <Changed before={pinned.attributes} after={replacement.attributes} />
                </td>
                <td>{split}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Listed({ title, count, of }: { title: string; count: number; of: Preview['removed'] }) {
  if (count === 0) return null;
  const rows = of.slice(0, SHOWN);
  return (
    <>
      <h3>
        {title}: {heading(count, rows.length)}
      </h3>
      <ul>
        {rows.map((version) => (
          <li key={version.hash}>
            <VersionLink of={version} />
          </li>
        ))}
      </ul>
    </>
  );
}

function heading(count: number, shown: number): string {
  return shown < count ? `${count.toLocaleString()}, of which the first ${shown} are shown; the CSV has what the answer lists` : count.toLocaleString();
}
