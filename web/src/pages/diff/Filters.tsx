import { kindWords } from '../../parts/words/kind';
import { TextField } from '../../parts/TextField';
import { TextForm } from '../../parts/TextForm';
import { KINDS } from '../lineage/filter';
import type { Changed } from './question';

/** Which members or ancestors are compared: those of a kind, or with some attributes. */
export function Filters({ params, change }: Changed) {
  return (
    <TextForm
      button="Filter"
      send={(typed) => change({ attr: typed('attr'), list: undefined, after: undefined })}
      more={
        params.attr !== '' && (
          <button type="button" onClick={() => change({ attr: '', list: undefined, after: undefined })}>
            Every value
          </button>
        )
      }
    >
      <label>
        only{' '}
        <select value={params.kind} onChange={(event) => change({ kind: event.target.value as typeof params.kind, list: undefined, after: undefined })}>
          <option value="">everything</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {kindWords(kind, 2)}
            </option>
          ))}
        </select>
      </label>
      <TextField name="attr" label="where" value={params.attr} size={28} hint="class:in:3,5" isCode />
    </TextForm>
  );
}

/** Says what conditions look like. */
export function Unreadable({ attr }: { attr: string }) {
  return <p role="alert">Expected conditions such as class:in:3,5 separated by semicolons, found “{attr}”.</p>;
}
