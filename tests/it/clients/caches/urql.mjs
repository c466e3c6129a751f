// urql with graphcache.

import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { subscribe } from './events.mjs';

export default async function urql(url, fetch) {
  const client = new Client({
    url,
    fetch,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({ keys: await embedded(url) }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({ unsubscribe: subscribe(url, request, sink) }),
        }),
      }),
    ],
  });
  const ask = async (query, variables, requestPolicy) => {
    const { data, error } = await client.query(query, variables, { requestPolicy }).toPromise();
    if (error) throw error;
    return data;
  };
  return {
    ask: (query, variables) => ask(query, variables, 'cache-first'),
    refresh: (query, variables) => ask(query, variables, 'network-only'),
    follow: (query, variables, count) =>
      new Promise((resolve, reject) => {
        const events = [];
        const { unsubscribe } = client.subscription(query, variables).subscribe(({ data, error }) => {
          if (error) reject(error);
          if (events.push(data) < count) return;
          setTimeout(unsubscribe);
          resolve(events);
        });
      }),
    stop: () => {},
  };
}

/** Objects without an id belong to the field that contains them. */
async function embedded(url) {
  const query = '{ __schema { types { kind name fields { name } } } }';
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { types } = (await answer.json()).data.__schema;
  const without = types.filter(({ kind, name, fields }) => kind === 'OBJECT' && !name.startsWith('__') && !fields.some(({ name }) => name === 'id'));
  const roots = ['Query', 'Mutation', 'Subscription'];
  return Object.fromEntries(without.filter(({ name }) => !roots.includes(name)).map(({ name }) => [name, () => null]));
}
