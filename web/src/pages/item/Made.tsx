import { kindWords } from '../../parts/words/kind';
import { clock } from '../../moment/moment';
import { Folded } from '../../parts/Folded';
import { OutsideLink } from '../../parts/links/OutsideLink';
import { VersionLink } from '../../parts/links/VersionLink';
import { Thumbnail } from '../../picture/Thumbnail';
import { sourceOf } from '../../picture/source';
import { reference } from '../../url/reference';
import type { Shown } from './state';

/** Who or what made a version, and from what. */
export function Made({ version }: { version: Shown }) {
  const { activity, ontology, ontologyStale, sources } = version;
  return (
    <>
      <dl className="facts">
        <dt>made by</dt>
        <dd>{activity === null ? <span className="quiet">no activity is recorded</span> : <Activity activity={activity} />}</dd>
        {ontology !== null && (
          <>
            <dt>class list</dt>
            <dd>
              <VersionLink of={ontology} />{' '}
              {ontologyStale ? (
                <span className="mark stale">a class of it was merged, split or redefined since</span>
              ) : (
                <span className="quiet">{ontology.isHead ? 'current' : 'not the current one; no class of it was merged, split or redefined since'}</span>
              )}
            </dd>
          </>
        )}
      </dl>
      {sources.nodes.length === 0 ? (
        <p className="none">It was made from nothing that is recorded here.</p>
      ) : (
        <Relatives
          label="Sources"
          name="made from"
          rows={sources.nodes.map(({ role, asserted, reason, source }) => ({ role, of: source, note: asserted ? `said later: “${reason ?? ''}”` : '' }))}
          total={sources.totalCount}
        />
      )}
    </>
  );
}

/** What ran: its name, its code, when, and with which parameters. */
function Activity({ activity }: { activity: NonNullable<Shown['activity']> }) {
  const { name, codeReference, parameters, startedAt, endedAt } = activity;
  return (
    <>
      {name}
      {codeReference !== null && (
        <>
          {' · code '}
          <OutsideLink text={codeReference} />
        </>
      )}
      {startedAt !== null && ` · from ${clock(startedAt)}`}
      {endedAt !== null && ` · to ${clock(endedAt)}`}
      <Folded title="Parameters" of={parameters} />
    </>
  );
}

interface Relative {
  role: string;
  of: Shown['sources']['nodes'][number]['source'];
  note: string;
}

/** Versions to which one is connected, with the role of each connection. */
export function Relatives({ label, name, rows, total }: { label: string; name: string; rows: Relative[]; total: number }) {
  const hasPictures = rows.some(({ of }) => of.payload !== null);
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              {hasPictures && <th scope="col">picture</th>}
              <th scope="col">{name}</th>
              <th scope="col">kind</th>
              <th scope="col">role</th>
              <th scope="col">state</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ role, of, note }) => (
              <tr key={`${role} ${of.hash}`}>
                {hasPictures && (
                  <td>
                    <Picture of={of} />
                  </td>
                )}
                <th scope="row">
                  <VersionLink of={of} />
                </th>
                <td>{kindWords(of.item.kind)}</td>
                <td>{role}</td>
                <td>
                  {of.wrong ? <span className="mark wrong">WRONG</span> : of.isHead ? 'current' : <span className="mark stale">superseded</span>} {note}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="extent">
        {rows.length.toLocaleString()} of {total.toLocaleString()}
      </p>
    </>
  );
}

function Picture({ of }: { of: Relative['of'] }) {
  const source = sourceOf({ ...of, attributes: null }, reference(of));
  return source === undefined ? <span className="quiet">–</span> : <Thumbnail source={source} side={56} />;
}
