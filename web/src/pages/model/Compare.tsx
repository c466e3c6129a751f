import { kindWords } from '../../parts/words/kind';
import type { Asked } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { brief, briefAttributes, differences } from '../../parts/values/brief';
import { Changed } from '../../parts/values/Changed';
import { PageLink } from '../../parts/links/PageLink';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { reference } from '../../url/reference';
import type { ModelQuery } from './queries/model.gen';
import type { ModelUpstreamQuery } from './queries/upstream.gen';

type Model = NonNullable<ModelQuery['at']['resolve']>;
type Difference = NonNullable<ModelUpstreamQuery['at']['difference']>;
type Ancestor = Difference['onlyInA']['nodes'][number];

interface CompareProps {
  asked: Asked<ModelUpstreamQuery>;
  model: Model;
  vs: string;
  stop(): void;
}

/** How another version was made otherwise: code, parameters, attributes, and the data that it saw. */
export function Compare({ asked, model, vs, stop }: CompareProps) {
  const { seq } = useMoment();
  return (
    <Block
      title={`Difference to ${vs}`}
      asked={asked}
      controls={
        <>
          <button type="button" onClick={stop}>
            Stop comparing
          </button>
          <PageLink to="diff" params={{ a: reference(model), b: vs, what: 'provenance' }}>
            all of it
          </PageLink>
        </>
      }
      none={({ at }) => (at.version?.hash === model.hash ? <p className="none">These are the same version: name another one.</p> : undefined)}
      extent={({ at }) => {
        const isWhole = [at.difference?.changed, at.difference?.onlyInA, at.difference?.onlyInB].every((list) => list === undefined || list.nodes.length === list.totalCount);
        const words = `${(at.difference?.commonCount ?? 0).toLocaleString()} versions of data are in both · seq ${seq}`;
        return { isWhole, words: isWhole ? words : `${words} · not the whole answer: “all of it” lists the rest` };
      }}
      table={({ at }) => ({
        columns: ['what', 'this', 'other', 'wrong'],
        rows: [
          ...recipe(model, at).map(({ path, before, after }) => [path, writtenOf(before), writtenOf(after), null]),
          ...(at.difference?.changed.nodes ?? []).map(({ a, b }) => ['changed', reference(a), reference(b), a.wrong]),
          ...(at.difference?.onlyInA.nodes ?? []).map((node) => ['only in this', reference(node), null, node.wrong]),
          ...(at.difference?.onlyInB.nodes ?? []).map((node) => ['only in the other', null, reference(node), node.wrong]),
        ],
      })}
    >
      {({ at }) => (
        <>
          <Recipe rows={recipe(model, at)} />
          {at.difference && (
            <>
              <Otherwise of={at.difference.changed} />
              <Only title="Only in this version" of={at.difference.onlyInA} />
              <Only title="Only in the other" of={at.difference.onlyInB} />
            </>
          )}
        </>
      )}
    </Block>
  );
}

/** The differences of how the two were made. */
function recipe(model: Model, { version }: ModelUpstreamQuery['at']) {
  if (!version) return [];
  const of = ({ activity, attributes }: Pick<Model, 'attributes'> & { activity: object | null }) => ({ activity, attributes });
  const { startedAt: _start, endedAt: _end, ...activity } = model.activity ?? {};
  return differences(of({ ...model, activity: model.activity === null ? null : activity }), of(version));
}

function writtenOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function Recipe({ rows }: { rows: ReturnType<typeof recipe> }) {
  if (rows.length === 0) return <p>Code, parameters and attributes are the same.</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Code, parameters and attributes">
      <table>
        <thead>
          <tr>
            <th scope="col">made with</th>
            <th scope="col">this</th>
            <th scope="col">the other</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, 40).map(({ path, before, after }) => (
            <tr key={path}>
              <th scope="row" className="name">
                {path}
              </th>
              <td>{brief(before, 120)}</td>
              <td>{brief(after, 120)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > 40 && <p className="quiet">and {rows.length - 40} more</p>}
    </div>
  );
}

function Otherwise({ of }: { of: Difference['changed'] }) {
  if (of.totalCount === 0) return <p>No data is in both in different versions.</p>;
  return (
    <>
      <h3>
        In different versions: {of.totalCount.toLocaleString()}
        {of.nodes.length < of.totalCount && `, of which the first ${of.nodes.length} are shown`}
      </h3>
      <div className="scroll" tabIndex={0} role="region" aria-label="In different versions">
        <table>
          <thead>
            <tr>
              <th scope="col">this saw</th>
              <th scope="col">the other saw</th>
              <th scope="col">difference</th>
              <th scope="col">because</th>
            </tr>
          </thead>
          <tbody>
            {of.nodes.map(({ a, b }) => (
              <tr key={`${a.hash} ${b.hash}`}>
                <th scope="row">
                  <Seen version={a} />
                </th>
                <td>
                  <Seen version={b} />
                </td>
                <td>
                  <Changed before={a.attributes} after={b.attributes} />
                </td>
                <td>{[...a.statements, ...b.statements].map(({ reason }) => reason).join('; ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Only({ title, of }: { title: string; of: { totalCount: number; nodes: Ancestor[] } }) {
  if (of.totalCount === 0) return null;
  return (
    <>
      <h3>
        {title}: {of.totalCount.toLocaleString()}
        {of.nodes.length < of.totalCount && `, of which the first ${of.nodes.length} are shown`}
      </h3>
      <ul>
        {of.nodes.map((node) => (
          <li key={node.hash}>
            <Seen version={node} /> <span className="quiet">{briefAttributes(node.attributes)}</span>{' '}
            {node.statements.map(({ reason }) => reason).join('; ')}
          </li>
        ))}
      </ul>
    </>
  );
}

function Seen({ version }: { version: Ancestor }) {
  return (
    <>
      <VersionLink of={version} /> <span className="quiet">{kindWords(version.item.kind)}</span> {version.wrong && <span className="mark wrong">wrong</span>}
    </>
  );
}
