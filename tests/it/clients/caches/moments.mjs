// Switches between moments with three caching clients in their default configuration: Apollo Client
// with InMemoryCache, graphcache of urql, and Relay's store.
//
//   node moments.mjs http://127.0.0.1:4000/graphql apollo|urql|relay
//
// A client's answer from its cache must equal the server's answer. The server's store must be
// empty. Prints a line; exits 1 if anything differs.

import apollo from './apollo.mjs';
import relay from './relay.mjs';
import urql from './urql.mjs';

const [url, name] = process.argv.slice(2);

/** A page of affected versions at a given moment. */
const PAGE = `
  affectedTrainingSets(wrong: {all: {}}, first: 10) {
    totalCount
    nodes {
      affectedCount isHead
      trainingSet { id hash number isHead }
      fixedIn { id number }
      members(first: 5) { nodes { wrong { id wrong number } replacement { id number } statement { id place reason } } }
    }
  }
  item(id: "default/LABEL/a") { id hash head { id number wrong } history(first: 10) { nodes { id number isHead wrong } } }`;
const NOW = `query Now { ${PAGE} }`;
const THEN = `query Then($seq: Seq!) { at(asOf: {seq: $seq}) { id view { seq } ${PAGE} } }`;
const BOTH = `query Both($one: Seq!, $other: Seq!) {
  one: at(asOf: {seq: $one}) { id ${PAGE} }
  other: at(asOf: {seq: $other}) { id ${PAGE} }
  ${PAGE}
}`;
const HEAD = `query Head($seq: Seq!) { at(asOf: {seq: $seq}) { id item(id: "default/LABEL/a") { id head { id number attributes } } } }`;
const LOG = `query Log($seq: Seq!) { at(asOf: {seq: $seq}) { id view { seq time } commits(first: 9) { nodes { id seq message } } } }`;
const NODE = `query Again($id: ID!) { node(id: $id) { id ... on Item { hash head { id number wrong } } } }`;
const FEED = `subscription Feed($after: Seq!) {
  changes(after: $after) {
    id seq
    statements { id version { id wrong isHead item { id head { id number wrong } } } }
    versions(first: 10) { nodes { id wrong isHead item { id head { id number wrong } history(first: 10) { nodes { id isHead wrong } } } } }
  }
}`;

/** Returns the server's answer, without any cache. */
async function ask(query, variables = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function commit(...changes) {
  const write = 'mutation ($changes: [ChangeInput!]!) { commit(input: {changes: $changes, message: "m"}) { commit { seq } } }';
  return Number((await ask(write, { changes })).commit.commit.seq);
}

const label = (key, name) => ({ putVersion: { item: { kind: 'LABEL', key }, attributes: { class: name } } });
const pin = (...members) => ({
  snapshotTrainingSet: { item: { kind: 'TRAINING_SET', key: 's' }, members: { all: members.map((version) => ({ version })) } },
});
const correct = (version, name) => ({ correct: { version, attributes: { class: name }, reason: `a ${name}` } });

/** Returns a value without the fields that clients add. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).filter(([name]) => !name.startsWith('__'));
  return Object.fromEntries(fields.map(([name, value]) => [name, plain(value)]).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function same(step, found, expected) {
  const [a, b] = [JSON.stringify(plain(found)), JSON.stringify(plain(expected))];
  if (a !== b) throw new Error(`${step}: found\n${a}\ninstead of\n${b}`);
}

async function check(make) {
  let requests = 0;
  const counted = (...args) => ((requests += 1), fetch(...args));
  const client = await make(url, counted);
  /** Queries the client, which may answer from its cache, and compares with the right answer. */
  const asks = async (step, query, variables, { right, most }) => {
    const before = requests;
    const data = await client.ask(query, variables);
    if (requests - before !== most) throw new Error(`${step}: ${requests - before} requests instead of ${most}`);
    same(step, data, right ?? (await ask(query, variables)));
    return data;
  };
  const [early, newest] = ['2', '4'];

  const then = await asks('then', THEN, { seq: early }, { most: 1 });
  same('then nothing was affected', then.at.affectedTrainingSets.totalCount, 0);
  const now = await asks('now, after then', NOW, {}, { most: 1 });
  same('now something is', now.affectedTrainingSets.totalCount, 1);
  await asks('then again', THEN, { seq: early }, { most: 0, right: then });
  await asks('now again', NOW, {}, { most: 0, right: now });

  await asks('two moments in one request', BOTH, { one: early, other: newest }, { most: 1 });
  await asks('then, after two moments', THEN, { seq: early }, { most: 0, right: then });
  await asks('now, after two moments', NOW, {}, { most: 0, right: now });

  // Two components below one `at`, each with a separate query. The result of one must not remove
  // the other's.
  const head = await asks('one component', HEAD, { seq: early }, { most: 1 });
  const log = await asks('the other component', LOG, { seq: early }, { most: 1 });
  await asks('one component again', HEAD, { seq: early }, { most: 0, right: head });
  await asks('the other component again', LOG, { seq: early }, { most: 0, right: log });

  // The newest commit, read as a moment, does not change when another commit is written.
  const pinned = await asks('the newest as a moment', THEN, { seq: newest }, { most: 1 });
  await commit(correct('default/LABEL/a#2', 'shed'));
  const later = await client.refresh(NOW, {});
  same('now, after a correction', later, await ask(NOW));
  await asks('the newest of before', THEN, { seq: newest }, { most: 0, right: pinned });
  await asks('the newest of before, as the server says it', THEN, { seq: newest }, { most: 0 });

  // A feed of all commits next to the page: its events are read as of their commits, and revert
  // nothing.
  const events = await client.follow(FEED, { after: '0' }, 5);
  same('all events came', events.map(({ changes }) => changes.seq), ['1', '2', '3', '4', '5']);
  await asks('now, beside the feed', NOW, {}, { most: 0, right: later });
  await asks('then, beside the feed', THEN, { seq: early }, { most: 0, right: then });

  // An object by its id is the object at its moment.
  for (const id of [then.at.item.id, pinned.at.item.id, now.item.id]) {
    const { node } = await client.refresh(NODE, { id });
    same('a node', node, (await ask(NODE, { id })).node);
    same('a node has its own id', node.id, id);
  }
  await asks('now, after nodes', NOW, {}, { most: 0, right: later });
  await asks('then, after nodes', THEN, { seq: early }, { most: 0, right: then });
  client.stop();
}

try {
  await commit(label('a', 'roof'));
  await commit(pin('default/LABEL/a'));
  await commit(correct('default/LABEL/a', 'barn'));
  await commit(pin('default/LABEL/a'));
  await Promise.race([
    check({ apollo, urql, relay }[name]),
    new Promise((_, reject) => setTimeout(() => reject(new Error('it took more than 60 seconds')), 60_000)),
  ]);
  console.log(`${name} ok`);
  process.exit(0);
} catch (error) {
  console.log(`${name} FAILED ${error.stack ?? JSON.stringify(error)}`);
  process.exit(1);
}
