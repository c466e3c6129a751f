import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import { Failed, send } from './client';
import type { Document, Sent } from './document';
import type { Asked } from './useAnswer';

/**
 * A question that is asked only by `ask`, and again each time: its answer depends on the newest commit. That is so for
 * dry runs of mutations, which are never sent without a click.
 */
export function useClicked<T, V>(document: Document<T, V>, variables: V): Asked<T> & { ask(): void } {
  const sent: Sent = { query: document.toString(), variables: variables as Record<string, unknown> };
  const client = useQueryClient();
  const abort = useRef<AbortController | undefined>(undefined);
  const [state, setState] = useState<{ data?: T; failed?: Failed; isAsking: boolean }>({ isAsking: false });

  async function ask() {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    setState(({ data }) => ({ ...(data !== undefined && { data }), isAsking: true }));
    try {
      const queryKey = [sent.query, sent.variables];
      const data = await client.fetchQuery({ queryKey, queryFn: () => send<T>(sent, own.signal), staleTime: 0, retry: false });
      if (!own.signal.aborted) setState({ data, isAsking: false });
    } catch (error) {
      if (abort.current !== own) return;
      const failed = own.signal.aborted
        ? new Failed('You cancelled the question.', '', 'CANCELLED', 0)
        : error instanceof Failed
          ? error
          : new Failed(String(error), '', '', 0);
      setState({ failed, isAsking: false });
    }
  }

  return {
    data: state.data,
    isAsking: state.isAsking,
    isBefore: false,
    failed: state.failed,
    sent,
    ask: () => void ask(),
    retry: () => void ask(),
    cancel: () => abort.current?.abort(),
  };
}
