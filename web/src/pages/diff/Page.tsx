import { kindWords } from '../../parts/words/kind';
import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { TextField } from '../../parts/TextField';
import { TextForm } from '../../parts/TextForm';
import { useParams } from '../../url/params';
import { Content } from './Content';
import { Ends } from './Ends';
import { Members } from './Members';
import { Provenance } from './Provenance';
import { DiffEndsDocument } from './queries/ends.gen';
import { DIFF, type DiffParams, type What, secondOf } from './question';

const FRESH = { list: undefined, split: undefined, after: undefined };

const NAMES: Record<What, string> = { members: 'Members', provenance: 'Made from', content: 'Content' };

/** Difference: what changed between two versions, and why? */
export function Page() {
  const { seq, isNow, go } = useMoment();
  const [params, change] = useParams(DIFF);
  const a = params.a;
  const b = secondOf(params);
  const pair = { seq, a, b };
  const asked = useAnswer(DiffEndsDocument, pair, a === '');
  const found = asked.data?.at;
  const [kind, other] = [found?.a?.item.kind, found?.b?.item.kind];
  const missing = found === undefined ? [] : [...(found.a === null ? [a] : []), ...(found.b === null && b !== a ? [b] : [])];
  const offered = offeredFor(kind);
  const what = params.what !== undefined && offered.includes(params.what) ? params.what : offered[0];
  return (
    <>
      <h1>
        {a === '' ? (
          'What changed between two versions, and why?'
        ) : (
          <>
            What changed between <span className="name">{a}</span> and {params.b === '' ? 'the newest version' : <span className="name">{b}</span>}?
          </>
        )}
      </h1>
      <Question params={params} ask={(next) => change({ ...next, ...FRESH })} />
      {a === '' ? (
        <p>Paste the references of two versions of one kind. Without a second one, the newest version of the same item is compared with.</p>
      ) : (
        <>
          <Ends asked={asked} seq={seq} />
          {missing.length > 0 && (
            <p role="alert">
              There is no {missing.join(' and no ')} as of seq {seq}.{' '}
              {!isNow && (
                <button type="button" onClick={() => go(undefined)}>
                  Look at now
                </button>
              )}
            </p>
          )}
          {kind !== undefined && other !== undefined && kind !== other && (
            <p role="alert">
              Expected two versions of one kind, found a {kindWords(kind)} and a {kindWords(other)}.
            </p>
          )}
          {kind !== undefined && kind === other && (
            <>
              <div className="tabs" role="group" aria-label="What is compared">
                {offered.map((one) => (
                  <button
                    key={one}
                    type="button"
                    aria-pressed={one === what}
                    onClick={() => change({ what: one === offered[0] ? undefined : one, list: undefined, after: undefined })}
                  >
                    {NAMES[one]}
                  </button>
                ))}
              </div>
              {what === 'members' && <Members pair={pair} params={params} change={change} />}
              {what === 'provenance' && <Provenance pair={pair} params={params} change={change} />}
              {what === 'content' && <Content asked={asked} seq={seq} />}
            </>
          )}
        </>
      )}
    </>
  );
}

/** What can be compared, with the most telling first: models differ in what they were trained on, labels in their content. */
function offeredFor(kind: string | undefined): What[] {
  if (kind === 'TRAINING_SET') return ['members', 'provenance', 'content'];
  return ['MODEL', 'EVALUATION', 'DEPLOYMENT'].includes(kind ?? '') ? ['provenance', 'content'] : ['content', 'provenance'];
}

function Question({ params, ask }: { params: DiffParams; ask(next: { a: string; b: string }): void }) {
  return (
    <TextForm
      button="Compare"
      send={(typed) => ask({ a: typed('a'), b: typed('b') })}
      more={
        <button type="button" disabled={params.a === ''} onClick={() => ask({ a: secondOf(params), b: params.a })}>
          Exchange
        </button>
      }
    >
      <TextField name="a" label="first" value={params.a} size={34} hint="namespace/TRAINING_SET/key#1" isCode />
      <TextField name="b" label="second" value={params.b} size={34} hint="the newest version" isCode />
    </TextForm>
  );
}
