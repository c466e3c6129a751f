import { hashKey, keepPreviousData, useQuery } from '@tanstack/react-query';

import { Failed, send } from './client';
import type { Document, Sent } from './document';

/** An answer on a page, or the state of asking for it. */
export interface Asked<T> {
  data: T | undefined;
  /** True while another answer is awaited; `data` is then the one before. */
  isAsking: boolean;
  /** True if `data` is the answer to the question before, whether this one is asked or skipped. */
  isBefore: boolean;
  failed: Failed | undefined;
  sent: Sent;
  retry(): void;
  cancel(): void;
}

/** What ends each question that is being asked. Blocks that ask the same question share it. */
const running = new Map<string, AbortController>();

/**
 * Asks a question. Every question contains its moment, so its answer never changes and is never asked for again.
 * `skip` is for questions that lack a variable.
 */
export function useAnswer<T, V>(document: Document<T, V>, variables: V, skip = false): Asked<T> {
  const sent: Sent = { query: document.toString(), variables: variables as Record<string, unknown> };
  const queryKey = [sent.query, sent.variables];
  const hash = hashKey(queryKey);
  const query = useQuery<T, Error>({
    queryKey,
    queryFn: async ({ signal }) => {
      const own = new AbortController();
      running.set(hash, own);
      signal.addEventListener('abort', () => own.abort());
      try {
        return await send<T>(sent, own.signal);
      } catch (error) {
        throw own.signal.aborted && !signal.aborted ? new Failed('You cancelled the question.', '', 'CANCELLED', 0) : error;
      } finally {
        running.delete(hash);
      }
    },
    placeholderData: keepPreviousData,
    enabled: !skip,
  });
  return {
    data: query.data,
    isBefore: query.isPlaceholderData,
    isAsking: query.isFetching || (query.isPlaceholderData && !skip),
    failed: query.error instanceof Failed ? query.error : query.error ? new Failed(query.error.message, '', '', 0) : undefined,
    sent,
    retry: () => void query.refetch(),
    cancel: () => running.get(hash)?.abort(),
  };
}
