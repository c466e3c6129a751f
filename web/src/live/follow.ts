import { createClient } from 'graphql-ws';

import { readToken } from '../access/token';
import { ENDPOINT } from '../api/client';
import { LiveDocument, type LiveSubscription } from './query.gen';

/** At most one repaint in this time, however many commits arrive. */
const REPAINT_MS = 1_000;

/**
 * Reports the newest seq while the page is visible. A hidden page holds no connection; when it is visible again it
 * continues after the last seq, and the server repeats what was missed.
 */
export function follow(after: string, report: (seq: string) => void): () => void {
  let newest = after;
  let stop: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function arrived(seq: string) {
    newest = seq;
    timer ??= setTimeout(() => {
      timer = undefined;
      report(newest);
    }, REPAINT_MS);
  }

  function begin() {
    const token = readToken();
    const socket = createClient({
      url: () => new URL(ENDPOINT, document.baseURI.replace(/^http/, 'ws')).href,
      connectionParams: () => (token === null ? {} : { Authorization: `Bearer ${token}` }),
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
    });
    const cease = socket.subscribe<LiveSubscription>(
      { query: LiveDocument.toString(), variables: { after: newest } },
      {
        next: ({ data }) => data && arrived(data.changes.seq),
        // A refusal: the page works without being live.
        error: () => undefined,
        complete: () => undefined,
      },
    );
    stop = () => {
      cease();
      void socket.dispose();
    };
  }

  function changed() {
    stop?.();
    stop = undefined;
    if (document.visibilityState === 'visible') begin();
  }

  document.addEventListener('visibilitychange', changed);
  changed();
  return () => {
    document.removeEventListener('visibilitychange', changed);
    clearTimeout(timer);
    stop?.();
  };
}
