// Subscriptions over server-sent events, for clients without a transport for them.

import { createClient } from 'graphql-sse';

/** Subscribes; `sink` gets the events, and the returned function ends the subscription. */
export function subscribe(url, { query, variables }, sink) {
  const client = createClient({ url, retryAttempts: 0 });
  const stop = client.subscribe({ query, variables }, sink);
  return () => {
    stop();
    client.dispose();
  };
}
