interface PagerProps {
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  after: string | undefined;
  go(after: string | undefined): void;
}

/** Goes on to the next page of a list, or back to its beginning. The position is in the address. */
export function Pager({ pageInfo, after, go }: PagerProps) {
  if (!pageInfo.hasNextPage && after === undefined) return null;
  return (
    <p className="controls">
      <button type="button" disabled={after === undefined} onClick={() => go(undefined)}>
        To the beginning
      </button>
      <button type="button" disabled={!pageInfo.hasNextPage} onClick={() => go(pageInfo.endCursor ?? undefined)}>
        Next
      </button>
    </p>
  );
}
