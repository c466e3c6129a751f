import type { ReactNode } from 'react';

/** A way through a list: its name, and what goes there; `undefined` if the list ends. */
interface Turn {
  name: string;
  go: (() => void) | undefined;
}

/** Two ways through a list whose position is in the address; nothing if all of it is shown. */
export function Turns({ back, on, children }: { back: Turn; on: Turn; children?: ReactNode }) {
  if (back.go === undefined && on.go === undefined) return null;
  const button = ({ name, go }: Turn) => (
    <button type="button" disabled={go === undefined} onClick={go}>
      {name}
    </button>
  );
  return (
    <p className="controls">
      {button(back)}
      {children}
      {button(on)}
    </p>
  );
}

interface PagerProps {
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  /** The completeness of the answer: one that stopped is continued after its last page. */
  info?: { complete: boolean; resume: string | null };
  after: string | undefined;
  go(after: string | undefined): void;
}

/** Goes on to the next page of a list, or back to its beginning. */
export function Pager({ pageInfo, info, after, go }: PagerProps) {
  const resume = info?.complete === false && !pageInfo.hasNextPage ? info.resume : null;
  const next = resume ?? (pageInfo.hasNextPage ? pageInfo.endCursor : null);
  return (
    <Turns
      back={{ name: 'To the beginning', go: after === undefined ? undefined : () => go(undefined) }}
      on={{ name: resume === null ? 'Next' : 'Search on', go: next === null ? undefined : () => go(next) }}
    />
  );
}
