import type { Extent } from './Block';

interface Info {
  complete: boolean;
  incompleteReason: string | null;
  /** The fraction that is done with this answer, if it is known. */
  done?: number | null;
}

/** Says how many of the rows are shown and if the answer is whole. */
export function extentOf(shown: number, total: number, info: Info | undefined, seq: string): Extent {
  const count = `${shown.toLocaleString()} of ${total.toLocaleString()}`;
  if (info === undefined || info.complete) return { isWhole: true, words: `${count} · whole answer · seq ${seq}` };
  const why = info.incompleteReason === null ? 'more would have to be followed' : REASONS[info.incompleteReason];
  const words = `${count} so far: not the whole answer, because ${why ?? info.incompleteReason} · seq ${seq}`;
  if (info.done == null) return { isWhole: false, words };
  return {
    isWhole: false,
    words: (
      <>
        {words} · <progress value={info.done} aria-label="Part that is done" /> {Math.floor(info.done * 100)} % done
      </>
    ),
  };
}

const REASONS: Record<string, string> = {
  DEPTH: 'there is more beyond the depth that was asked for',
  EDGES: 'one request may not follow more derivations',
  NODES: 'one request may not visit more versions',
  TIME: 'the time of the request was over',
};
