import { type ReactNode, useEffect, useRef, useState } from 'react';

import { save } from './commands';

type All = (report: (done: number, total: number) => void, signal: AbortSignal) => Promise<string[]>;
type State = { kind: 'none' } | { kind: 'reading'; done: number; total: number } | { kind: 'said'; words: string };

/** Saves all pages of a list: returns how far that has come, and what begins it. It ends with the page that began it. */
export function useAll(all: All | undefined): [progress: ReactNode, run: () => void] {
  const [state, setState] = useState<State>({ kind: 'none' });
  const abort = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  async function run() {
    if (all === undefined) return;
    abort.current?.abort();
    const own = (abort.current = new AbortController());
    setState({ kind: 'reading', done: 0, total: 0 });
    try {
      const parts = await all((done, total) => own.signal.aborted || setState({ kind: 'reading', done, total }), own.signal);
      save('stemma.csv', 'text/csv', parts);
      setState({ kind: 'said', words: 'All pages are saved.' });
    } catch (error) {
      if (abort.current !== own) return;
      const words = own.signal.aborted ? 'Cancelled: nothing was saved.' : `Nothing was saved: ${error instanceof Error ? error.message : String(error)}`;
      setState({ kind: 'said', words });
    }
  }

  return [<Progress key="progress" state={state} cancel={() => abort.current?.abort()} />, () => void run()];
}

function Progress({ state, cancel }: { state: State; cancel(): void }) {
  return (
    <span className="progress" aria-live="polite">
      {state.kind === 'said' && <span className="quiet">{state.words}</span>}
      {state.kind === 'reading' && (
        <>
          <progress {...(state.total > 0 && { value: state.done, max: state.total })} aria-label="Reading all pages" />
          <span>
            {state.done.toLocaleString()} of {state.total === 0 ? '…' : state.total.toLocaleString()}
          </span>
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        </>
      )}
    </span>
  );
}
