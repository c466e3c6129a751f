// Sends the same documents to a server and to graphql-js: both must give the same verdict, and
// answers of the same shape.
//
//   node compare.mjs URL SCHEMA.graphql FOLDER_OF_EXAMPLES FOLDER_OF_DOCS [NUMBER]
//
// The verdict is whether a document runs. The shape is the answer of graphql-js when it executes
// the document on the data of the server's own answer to a more complete one, in which every object
// has its type: keys, their order, and nulls. Prints the differences and a closing line; exits 1 if
// there are any, 2 if called wrongly.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  Kind, TypeInfo, buildSchema, execute, getNamedType, getOperationAST, isLeafType, parse, print, validate, visit, visitWithTypeInfo,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { documents, withVariables } from './corpus.mjs';
import { Mutations } from './mutate.mjs';

const SEED = 20260301;
const AT_ONCE = 6;
const [url, schemaFile, examples, docs, number = '1500'] = process.argv.slice(2);
if (!docs) {
  console.error('usage: node compare.mjs URL SCHEMA EXAMPLES DOCS [NUMBER]');
  process.exit(2);
}

const schema = buildSchema(readFileSync(schemaFile, 'utf8'));
const scalar = (name, fits) => {
  const type = schema.getType(name);
  const read = (value) => {
    if (!fits(value)) throw new Error(`not a ${name}`);
    return value;
  };
  type.parseValue = read;
  type.parseLiteral = (node, variables) => read(plain(node, variables));
};
/** Returns a literal as JSON; a name is no JSON. */
function plain(node, variables) {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((value) => plain(value, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, plain(field.value, variables)]));
    case Kind.VARIABLE:
      return variables?.[node.name.value] ?? null;
    default:
      throw new Error('a name without quotes');
  }
}
const text = (pattern) => (value) => typeof value === 'string' && pattern.test(value);
const exact = (value) =>
  typeof value === 'number' ? Math.abs(value) <= Number.MAX_SAFE_INTEGER : value === null || typeof value !== 'object' || Object.values(value).every(exact);
scalar('Seq', (value) => text(/^\d{1,19}$/)(value) || (Number.isSafeInteger(value) && value >= 0));
scalar('ByteSize', text(/^\d{1,19}$/));
scalar('Digest', text(/^b3:[0-9a-f]{64}$/));
scalar('DateTime', (value) => text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)(value) && !Number.isNaN(Date.parse(value)));
scalar('JSON', exact);

/** Returns the verdict of graphql-js on a request. */
function judge(query, variables, operationName) {
  let document;
  let errors;
  try {
    document = parse(query);
    // It also throws: one of its rules evaluates directives whose arguments are invalid.
    errors = validate(schema, document, undefined, { maxErrors: 1 });
  } catch (error) {
    return { runs: false, why: error.message };
  }
  if (errors.length > 0) return { runs: false, why: errors[0].message };
  const operation = getOperationAST(document, operationName);
  if (!operation) return { runs: false, why: 'no operation' };
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (values.errors) return { runs: false, why: values.errors[0].message };
  return { runs: true, document, operation, values: values.coerced };
}

async function ask(query, variables, operationName) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables, operationName }),
    signal: AbortSignal.timeout(30_000),
  });
  const body = await response.text();
  return { body, answer: JSON.parse(body) };
}

/** Documents for which the server is stricter on purpose, or limited: see `docs/api/http.md`. */
const ON_PURPOSE = [
  // A nullable variable that is null although the default of the argument does not allow it:
  // graphql-js finds this only during execution.
  /is used where null is not allowed/,
  /fits into 64 bits/,
  // The rule of the specification, which graphql-js 16 does not check if the argument itself is not
  // null.
  /is the only field of an input object, which may not be null/,
  // Subscriptions use another transport.
  /subscriptions are answered over a WebSocket/,
];

const counts = { runs: 0, refused: 0, limited: 0, shapes: 0 };
const differences = [];

async function verdict(query, variables = {}, operationName = undefined) {
  const expected = judge(query, variables, operationName);
  const { answer } = await ask(query, variables, operationName);
  const ran = 'data' in answer;
  const error = answer.errors?.[0];
  if (error?.extensions?.reason === 'LIMIT_EXCEEDED' && !ran) {
    counts.limited += 1;
    return;
  }
  if (ran === expected.runs || (expected.runs && ON_PURPOSE.some((known) => known.test(error?.message)))) {
    counts[ran ? 'runs' : 'refused'] += 1;
  } else {
    differences.push({ query, variables, expected: expected.runs ? 'runs' : expected.why, found: ran ? 'runs' : error?.message });
    return;
  }
  if (!ran && expected.runs === false && !/over a WebSocket/.test(error.message) && !['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'OPERATION_RESOLUTION_FAILURE'].includes(error.extensions.code)) {
    differences.push({ query, variables, expected: expected.why, found: error.extensions.code });
  }
  if (ran && expected.operation.operation === 'query' && !/__(schema|type)\b/.test(query)) {
    await shape(query, variables, operationName, expected, answer);
  }
}

const TYPE = 't__';

async function shape(query, variables, operationName, { document, values }, answer) {
  const typed = visit(document, {
    SelectionSet: {
      leave: (node) => ({
        ...node,
        selections: [...node.selections, { kind: Kind.FIELD, alias: { kind: Kind.NAME, value: TYPE }, name: { kind: Kind.NAME, value: '__typename' } }],
      }),
    },
  });
  const { answer: fuller } = await ask(print(typed), variables, operationName);
  if (fuller.data == null) return;
  const result = await execute({
    schema, document, operationName, variableValues: variables, rootValue: fuller.data,
    fieldResolver: (source, _args, _context, info) => source[info.path.key],
    typeResolver: (value) => value[TYPE],
  });
  void values;
  const [expected, found] = [JSON.stringify(result.data), JSON.stringify(answer.data)];
  counts.shapes += 1;
  if (expected !== found) {
    differences.push({ query, variables, expected: expected.slice(0, 2000), found: found.slice(0, 2000) });
  }
}

/** Returns valid documents: the examples, and those in the docs. */
function bases() {
  const read = (folder, ending) => readdirSync(folder).filter((name) => name.endsWith(ending)).sort().map((name) => readFileSync(join(folder, name), 'utf8'));
  const blocks = [docs, join(docs, 'api')].flatMap((folder) => read(folder, '.md')).flatMap((page) => [...page.matchAll(/```graphql\n([\s\S]*?)```/g)].map((block) => block[1]));
  const valid = (text) => {
    try {
      return validate(schema, parse(text)).length === 0;
    } catch {
      return false;
    }
  };
  return [...read(examples, '.graphql'), ...blocks].filter(valid);
}

/** Runs functions, some concurrently. */
async function all(functions) {
  const queue = [...functions];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Returns the operations of a document by name; without an entry for one without a name. */
const names = (text) => {
  try {
    const found = parse(text).definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION).map((one) => one.name?.value);
    return found.length > 0 ? found : [undefined];
  } catch {
    return [undefined];
  }
};

const mutations = new Mutations(schema, SEED);
const found = bases();
const work = [];
for (const text of documents) work.push(() => verdict(text));
for (const [text, variables] of withVariables) work.push(() => verdict(text, variables));
const writes = (text) => /\bmutation\b/.test(text);
for (const text of found.filter((text) => !writes(text))) for (const name of names(text)) work.push(() => verdict(text, {}, name));
const queries = found.filter((text) => parse(text).definitions.every((one) => one.operation === undefined || one.operation === 'query'));
for (let n = 0; n < Number(number); n += 1) {
  const text = mutations.change(mutations.pick(n % 3 === 0 ? documents.slice(0, 60) : found));
  const name = mutations.pick(names(text));
  // Writes are validated, and not run: every run must find the same store.
  const variables = n % 2 === 0 ? {} : { x: mutations.pick([1, 'a', null, true, ['a'], 1.5]) };
  if (!writes(text) || !judge(text, variables, name).runs) work.push(() => verdict(text, variables, name));
}
for (let n = 0; n < Number(number) / 3; n += 1) {
  const document = parse(mutations.pick(queries));
  // Types of selection sets, by their owner.
  const types = new Map();
  const info = new TypeInfo(schema);
  visit(document, visitWithTypeInfo(info, {
    Field: (node) => {
      const type = info.getType() && getNamedType(info.getType());
      if (type && !isLeafType(type)) types.set(node.loc?.start, type.name);
    },
  }));
  const text = print(mutations.reshape(document, (owner) => (owner?.kind === Kind.FIELD ? types.get(owner.loc?.start) : undefined)));
  const name = mutations.pick(names(text));
  work.push(() => verdict(text, {}, name));
}
await all(work);
// Writes come last: until here every run finds the same store.
for (const text of found.filter(writes)) for (const name of names(text)) await verdict(text, {}, name);

for (const { query, variables, expected, found: other } of differences.slice(0, 20)) {
  console.log(`DIFFERS ${JSON.stringify(query)} ${JSON.stringify(variables)}\n  graphql-js: ${expected}\n  stemma:     ${other}`);
}
console.log(`${counts.runs} run, ${counts.refused} refused, ${counts.limited} beyond a limit, ${counts.shapes} shapes, ${differences.length} differ`);
const tooFew = counts.runs < 300 || counts.refused < 600 || counts.shapes < 200;
if (tooFew) console.log('too few documents of one kind: look at the corpus');
process.exit(differences.length > 0 || tooFew ? 1 : 0);
