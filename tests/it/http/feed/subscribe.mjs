// Subscribes with graphql-ws, graphql-sse and Apollo Client to a server to which commits are being
// written.
//
//   node subscribe.mjs http://127.0.0.1:4000/graphql NEWEST TRAINING_SET [bearer token]
//
// Each client reads `changes` from the first commit to NEWEST, is disconnected in the middle and
// resumes after the last seq that it has, and waits for the event that TRAINING_SET became
// affected. Prints a line for each; exits 1 if anything differs.

import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient as createSse } from 'graphql-sse';
import { createClient as createWs } from 'graphql-ws';
import WebSocket from 'ws';

// Older versions of Node have no such class, and Apollo's link requires it.
globalThis.WebSocket ??= WebSocket;

const [url, newest, set, token] = process.argv.slice(2);
const NEWEST = Number(newest);
const CHANGES = 'subscription ($after: Seq!) { changes(after: $after) { seq author versions { totalCount } } }';
const AFFECTED = `subscription ($set: ID!) { affected(trainingSet: $set, after: "0") {
  seq commit { message } trainingSets { trainingSet { number } members { nodes { wrong { item { key } } statement { reason } } } } } }`;

const sockets = () =>
  createWs({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: token ? { Authorization: `Bearer ${token}` } : {},
  });
const streams = () =>
  createSse({ url, retryAttempts: 0, headers: token ? { Authorization: `Bearer ${token}` } : {} });

/** The three ways to subscribe: each yields the data of events in order. */
const ways = {
  'graphql-ws': (query, variables) => iterate(sockets(), query, variables),
  'graphql-sse': (query, variables) => iterate(streams(), query, variables),
  '@apollo/client': apollo,
};

async function* iterate(client, query, variables) {
  try {
    for await (const result of client.iterate({ query, variables })) {
      if (result.errors) throw new Error(JSON.stringify(result.errors));
      yield result.data;
    }
  } finally {
    client.dispose();
  }
}

async function* apollo(query, variables) {
  const socket = sockets();
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
  const waiting = [];
  let wake = () => {};
  const put = (item) => (waiting.push(item), wake());
  const subscription = client
    .subscribe({ query: gql(query), variables, fetchPolicy: 'no-cache' })
    .subscribe({ next: (value) => put({ value }), error: (error) => put({ error }), complete: () => put({}) });
  try {
    for (;;) {
      while (waiting.length === 0) await new Promise((resolve) => (wake = resolve));
      const { value, error } = waiting.shift();
      if (error ?? value?.error) throw error ?? value.error;
      if (!value) return;
      yield value.data;
    }
  } finally {
    subscription.unsubscribe();
    client.stop();
    socket.dispose();
  }
}

function same(found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`found ${a} instead of ${b}`);
}

async function check(subscribe) {
  let last = 0;
  while (last < NEWEST) {
    let left = Math.ceil(NEWEST / 2);
    for await (const { changes } of subscribe(CHANGES, { after: String(last) })) {
      same(changes.seq, String(last + 1));
      last += 1;
      left -= 1;
      if (left === 0 || last === NEWEST) break;
    }
  }
  for await (const { affected } of subscribe(AFFECTED, { set })) {
    const [only] = affected.trainingSets;
    same(affected.commit.message, 'the review');
    same(only.trainingSet.number, 1);
    const rows = only.members.nodes.map(({ wrong, statement }) => [wrong.item.key, statement.reason]);
    same(rows, [['a', 'a barn']]);
    break;
  }
  // A mistake is an error of this subscription, with its reason.
  let found = 'nothing';
  try {
    for await (const data of subscribe(CHANGES, { after: '999999' })) found = data;
  } catch (error) {
    found = JSON.stringify(error, Object.getOwnPropertyNames(error)) + JSON.stringify(error);
  }
  if (!/AS_OF_UNAVAILABLE/.test(found)) throw new Error(`expected AS_OF_UNAVAILABLE for a seq that does not exist yet, found ${JSON.stringify(found)}`);
}

let failed = false;
for (const [name, subscribe] of Object.entries(ways)) {
  try {
    await Promise.race([
      check(subscribe),
      new Promise((_, reject) => setTimeout(() => reject(new Error('it took more than 60 seconds')), 60_000).unref()),
    ]);
    console.log(`${name} ok`);
  } catch (error) {
    failed = true;
    console.log(`${name} FAILED ${error.stack ?? JSON.stringify(error)}`);
  }
}
process.exit(failed ? 1 : 0);
