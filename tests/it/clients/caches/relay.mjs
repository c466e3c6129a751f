// Relay's store and normaliser. The artifacts of its compiler are made here, from the schema.

import {
  TypeInfo,
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  parse,
  print,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import relayRuntime from 'relay-runtime';
import { subscribe } from './events.mjs';

const { Environment, Network, Observable, RecordSource, Store, createOperationDescriptor, fetchQuery, requestSubscription } =
  relayRuntime;

export default async function relay(url, fetch) {
  const post = async (body, send) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return (await send(url, options)).json();
  };
  const schema = buildClientSchema((await post({ query: getIntrospectionQuery() }, globalThis.fetch)).data);
  const network = Network.create(
    ({ text }, variables) => post({ query: text, variables }, fetch),
    ({ text }, variables) => Observable.create((sink) => subscribe(url, { query: text, variables }, sink)),
  );
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  const requests = new Map();
  const request = (query) => {
    if (!requests.has(query)) requests.set(query, compiled(query, schema));
    return requests.get(query);
  };
  const ask = async (query, variables, fetchPolicy) => {
    environment.retain(createOperationDescriptor(request(query), variables));
    return fetchQuery(environment, request(query), variables, { fetchPolicy }).toPromise();
  };
  return {
    ask: (query, variables) => ask(query, variables, 'store-or-network'),
    refresh: (query, variables) => ask(query, variables, 'network-only'),
    follow: (query, variables, count) =>
      new Promise((resolve, reject) => {
        const events = [];
        const following = requestSubscription(environment, {
          subscription: request(query),
          variables,
          onNext: (data) => {
            if (events.push(data) < count) return;
            setTimeout(() => following.dispose());
            resolve(events);
          },
          onError: reject,
        });
      }),
    stop: () => {},
  };
}

/** Returns a request as the compiler makes it: the text, the selections to store, and the selections to read. */
function compiled(query, schema) {
  const document = withIds(parse(query), schema);
  const [operation] = document.definitions;
  const name = operation.name.value;
  const root = { query: 'Query', subscription: 'Subscription' }[operation.operation];
  const selections = selected(operation.selectionSet, schema.getType(root), schema);
  const argumentDefinitions = (operation.variableDefinitions ?? []).map(({ variable }) => ({
    defaultValue: null,
    kind: 'LocalArgument',
    name: variable.name.value,
  }));
  const text = print(document);
  return {
    kind: 'Request',
    fragment: { abstractKey: null, argumentDefinitions, kind: 'Fragment', metadata: null, name, selections, type: root },
    operation: { argumentDefinitions, kind: 'Operation', name, selections },
    params: { cacheID: text, id: null, metadata: {}, name, operationKind: operation.operation, text },
  };
}

/** Adds the id to every object, and the type if it is not known. */
function withIds(document, schema) {
  const types = new TypeInfo(schema);
  const field = (name) => ({ kind: 'Field', name: { kind: 'Name', value: name } });
  const SelectionSet = (node) => {
    const type = types.getParentType();
    const asked = node.selections.map((selection) => selection.name?.value);
    const more = [];
    if (type.getFields?.().id && !asked.includes('id')) more.push(field('id'));
    if (isAbstractType(type)) more.push(field('__typename'));
    return { ...node, selections: [...node.selections, ...more] };
  };
  return visit(document, visitWithTypeInfo(types, { SelectionSet }));
}

function selected(set, type, schema) {
  return set.selections.map((selection) => {
    if (selection.kind === 'InlineFragment') {
      const on = schema.getType(selection.typeCondition.name.value);
      return { abstractKey: null, kind: 'InlineFragment', selections: selected(selection.selectionSet, on, schema), type: on.name };
    }
    const name = selection.name.value;
    const args = (selection.arguments ?? []).map((given) => argument(given.name.value, given.value));
    const field = { alias: selection.alias?.value ?? null, args: args.length > 0 ? args : null, name, storageKey: null };
    const of = name === '__typename' ? null : type.getFields()[name].type;
    if (of === null || !isCompositeType(getNamedType(of))) return { ...field, kind: 'ScalarField' };
    const inner = getNamedType(of);
    return {
      ...field,
      concreteType: isAbstractType(inner) ? null : inner.name,
      kind: 'LinkedField',
      plural: isListType(getNullableType(of)),
      selections: selected(selection.selectionSet, inner, schema),
    };
  });
}

function argument(name, value) {
  if (value.kind === 'Variable') return { kind: 'Variable', name, variableName: value.name.value };
  if (value.kind === 'ObjectValue' && JSON.stringify(value).includes('"Variable"')) {
    return { fields: value.fields.map((field) => argument(field.name.value, field.value)), kind: 'ObjectValue', name };
  }
  return { kind: 'Literal', name, value: valueFromASTUntyped(value) };
}
