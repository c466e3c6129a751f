// Subscriptions over server-sent events, for clients that bring no transport of their own.

import { createClient } from 'graphql-sse';

/** Subscribes; `sink` gets the events, and what is returned ends it. */
export function subscribe(url, { query, variables }, sink) {
  const client = createClient({ url, retryAttempts: 0 });
  const stop = client.subscribe({ query, variables }, sink);
  return () => {
    stop();
    client.dispose();
  };
}
