// Asks a server through Apollo's link for automatic persisted queries, over POST and GET, as a page
// would.
//
//   node persisted.mjs URL
//
// Prints the answers and the form of each request; exits 1 if one is missing.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createHash } from 'node:crypto';

const [url] = process.argv.slice(2);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

for (const [useGETForHashedQueries, accept] of [
  [false, undefined],
  [true, undefined],
  [false, 'application/json'],
  [false, 'application/graphql-response+json'],
]) {
  const sent = [];
  const counted = (target, init) => {
    const text = init.method === 'GET' ? target : init.body;
    sent.push(text.includes('query Seq') || text.includes('query+Seq') || text.includes('query%20Seq') ? 'complete' : 'hash');
    return fetch(target, init);
  };
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([
      new PersistedQueryLink({ sha256, useGETForHashedQueries }),
      new HttpLink({ uri: `${url}/graphql`, fetch: counted, headers: accept ? { accept } : {} }),
    ]),
  });
  const ask = (query) => client.query({ query, fetchPolicy: 'network-only' });
  const first = await ask(gql`query Seq { view { seq } }`);
  const second = await ask(gql`query SeqAgain { view { seq time } }`);
  const answers = [first, second].map((answer) => answer.data?.view?.seq);
  console.log(JSON.stringify({ answers, sent }));
  client.stop();
}
