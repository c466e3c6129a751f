import { useMoment } from '../../moment/moment';
import { TextField } from '../../parts/TextField';
import { TextForm } from '../../parts/TextForm';
import type { WrongInput } from '../../schema.gen';
import { useKeys } from '../../shell/pageKeys';
import { useParams } from '../../url/params';
import { Models } from './Models';
import { Sets } from './Sets';
import { IMPACT, statedBy, wrongOf } from './question';
import { NamedWrong } from './NamedWrong';
import { SaidWrong } from './WrongVersions';

/** Impact: which models and training sets hold a label that was wrong, and is it fixed? */
export function Page() {
  const moment = useMoment();
  const [params, change] = useParams(IMPACT);
  const { by, wrong, known, heads, tag, restored, after, from, open } = params;
  const asked = wrongOf(wrong);
  const go = (next: string | undefined) => change({ after: next });
  useKeys([
    { key: 'm', name: 'models', act: () => change({ by: 'models', after: undefined }) },
    { key: 's', name: 'training sets', act: () => change({ by: 'sets', after: undefined }) },
    { key: 'w', name: 'what was wrong', act: () => change({ by: 'wrong', after: undefined }) },
  ]);
  const variables = {
    seq: moment.seq,
    known: known === undefined ? null : { seq: known },
    wrong: asked ?? { all: {} },
    heads,
    tagged: tag === undefined ? null : [tag],
    restored,
    after: after ?? null,
  };
  return (
    <>
      <h1>Which models and training sets contain something that was wrong?</h1>
      <Question wrong={wrong} ask={(next) => change({ wrong: next, after: undefined, from: 0 })} />
      <div className="controls">
        <div className="tabs" role="group" aria-label="Rows">
          <button type="button" aria-pressed={by === 'models'} onClick={() => change({ by: 'models', after: undefined })}>
            Models
          </button>
          <button type="button" aria-pressed={by === 'sets'} onClick={() => change({ by: 'sets', after: undefined })}>
            Training sets
          </button>
          <button type="button" aria-pressed={by === 'wrong'} onClick={() => change({ by: 'wrong', after: undefined })}>
            What was wrong
          </button>
        </div>
        <label>
          <input type="checkbox" checked={heads} onChange={(event) => change({ heads: event.target.checked, after: undefined })} />
          only current versions
        </label>
        <label>
          <input type="checkbox" checked={restored} onChange={(event) => change({ restored: event.target.checked, after: undefined })} />
          also what is right again
        </label>
        <label>
          judged by
          <select
            value={known === undefined ? 'then' : 'now'}
            onChange={(event) => change({ known: event.target.value === 'now' ? moment.head : undefined, after: undefined })}
          >
            <option value="then">what was known then</option>
            <option value="now">what is known now{known !== undefined && known !== moment.head ? ` (seq ${known})` : ''}</option>
          </select>
        </label>
        <TextForm button="Filter" send={(typed) => change({ tag: typed('tag') || undefined, after: undefined })}>
          <TextField name="tag" label="tagged" value={tag ?? ''} size={12} hint="any" />
        </TextForm>
      </div>
      {asked === null ? (
        <p role="alert">Expected either versions (…#1) or items, found both: ask about one kind at a time.</p>
      ) : by === 'wrong' ? (
        <WrongVersions wrong={asked} seq={known ?? moment.seq} restored={restored} after={after} from={from} go={go} />
      ) : by === 'models' ? (
        <Models variables={variables} go={go} />
      ) : (
        <Sets variables={variables} go={go} open={open} show={(next) => change({ open: next })} />
      )}
    </>
  );
}

interface WrongVersionsProps {
  wrong: WrongInput;
  /** The moment up to which statements are known. */
  seq: string;
  restored: boolean;
  after: string | undefined;
  from: number;
  go(after: string | undefined): void;
}

/** The wrong versions themselves. */
function WrongVersions({ wrong, seq, restored, after, from, go }: WrongVersionsProps) {
  const filter = statedBy(wrong, restored);
  if (filter !== undefined) return <SaidWrong variables={{ seq, filter, after: after ?? null }} go={go} />;
  return <NamedWrong seq={seq} names={[wrong.versions ?? wrong.items ?? []].flat().map(String)} isItems={wrong.items != null} from={from} />;
}

/** What was wrong: everything, one commit, or what is named. */
function Question({ wrong, ask }: { wrong: string; ask(wrong: string): void }) {
  return (
    <TextForm
      button="Ask"
      send={(typed) => ask(typed('wrong') || 'all')}
      more={
        wrong !== 'all' && (
          <button type="button" onClick={() => ask('all')}>
            Everything
          </button>
        )
      }
    >
      <TextField
        name="wrong"
        label="What was wrong"
        value={wrong === 'all' ? '' : wrong}
        size={44}
        hint="everything, or commit:25, or namespace/LABEL/key"
        isCode
      />
    </TextForm>
  );
}
