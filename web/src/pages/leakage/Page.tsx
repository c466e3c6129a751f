import { useMoment } from '../../moment/moment';
import { TextField } from '../../parts/TextField';
import { TextForm } from '../../parts/TextForm';
import { useParams } from '../../url/params';
import { Findings } from './Findings';
import { IN_COMMON, KINDS, LEAKAGE } from './question';

/** Leakage: what do two training sets, or two splits of one, have in common? */
export function Page() {
  const { seq } = useMoment();
  const [params, change] = useParams(LEAKAGE);
  const { a, sa, b, sb, kinds, after } = params;
  const other = b === '' ? a : b;
  return (
    <>
      <h1>Does what a model is tested on leak into what it is trained on?</h1>
      <TextForm
        button="Compare"
        send={(typed) => change({ a: typed('a'), sa: typed('sa'), b: typed('b'), sb: typed('sb'), after: undefined })}
      >
        <TextField name="a" label="training set" value={a} size={36} hint="namespace/TRAINING_SET/key#1" isCode />
        <TextField name="sa" label="split" value={sa} size={10} hint="all" isCode />
        <TextField name="b" label="and" value={b} size={36} hint="the same set" isCode />
        <TextField name="sb" label="split" value={sb} size={10} hint="all" isCode />
      </TextForm>
      <fieldset className="controls">
        <legend>in common</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input
              type="checkbox"
              checked={kinds.length === 0 || kinds.includes(kind)}
              onChange={(event) => {
                const before = kinds.length === 0 ? [...KINDS] : kinds;
                change({ kinds: KINDS.filter((known) => (known === kind ? event.target.checked : before.includes(known))), after: undefined });
              }}
            />
            {IN_COMMON[kind]}
          </label>
        ))}
      </fieldset>
      {a === '' ? (
        <p className="none" data-state="none">
          Name a training set and two of its splits, such as TRAIN and TEST, or two training sets.
        </p>
      ) : other === a && sa === sb ? (
        <p role="alert" data-state="failed">
          Expected two splits of {a}, or another training set, found the same twice: everything would be in common.
        </p>
      ) : (
        <Findings
          variables={{
            seq,
            a,
            b: other,
            splitA: sa === '' ? null : sa,
            splitB: sb === '' ? null : sb,
            kinds: kinds.length === 0 ? null : kinds,
            after: after ?? null,
          }}
          go={(next) => change({ after: next })}
        />
      )}
    </>
  );
}
