// Apollo Client with its default cache.

import { ApolloClient, ApolloLink, InMemoryCache, gql } from '@apollo/client';
import { print } from 'graphql';
import { Observable } from 'rxjs';
import { subscribe } from './events.mjs';

export default function apollo(url, fetch) {
  const link = new ApolloLink(({ query, variables }) => {
    const request = { query: print(query), variables };
    const isSubscription = query.definitions.some(({ operation }) => operation === 'subscription');
    if (isSubscription) return new Observable((sink) => subscribe(url, request, sink));
    return new Observable((sink) => {
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) })
        .then((answer) => answer.json())
        .then((answer) => (sink.next(answer), sink.complete()))
        .catch((error) => sink.error(error));
    });
  });
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const ask = async (query, variables, fetchPolicy) =>
    (await client.query({ query: gql(query), variables, fetchPolicy })).data;
  return {
    ask: (query, variables) => ask(query, variables, 'cache-first'),
    refresh: (query, variables) => ask(query, variables, 'network-only'),
    follow: (query, variables, count) =>
      new Promise((resolve, reject) => {
        const events = [];
        const following = client.subscribe({ query: gql(query), variables }).subscribe({
          next: ({ data, error }) => {
            if (error) reject(error);
            if (events.push(data) < count) return;
            following.unsubscribe();
            resolve(events);
          },
          error: reject,
        });
      }),
    stop: () => client.stop(),
  };
}
