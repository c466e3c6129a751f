// Changes documents at random, always in the same way for the same seed: some remain valid, most do
// not.

import { Kind, parse, print, visit } from 'graphql';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const LITERALS = [
  '1', '-1', '2147483648', '1.5', '"a"', '""', '"LABEL"', '"\\ud83d\\ude00"', '"\\u{1f600}"', '"""a \\""" b"""', 'true',
  'null', 'LABEL', 'NOPE', '[]', '[1]', '["a", null]', '{}', '{a: 1}', '{a: 1, a: 2}', '$nope',
];
const TOKENS = [
  '{', '}', '(', ')', '[', ']', ':', '=', '!', '@', '$', '...', '|', '&', ',', '#', '"', '"""', '.', 'on', 'query', 'fragment',
  'true', 'null', 'a', '$x', '@skip(if: true)', '1.', '00', '1e5', '"\\ud83d"', '"\\q"', '\ufeff', 'é', '\n', '0.1.2', '-',
];

export class Mutations {
  constructor(schema, seed) {
    this.random = random(seed);
    this.types = Object.keys(schema.getTypeMap());
    this.objects = this.types.filter((name) => schema.getType(name).getFields && !schema.getType(name).astNode?.kind.startsWith('Input'));
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  /** One to three changes of a valid document. */
  change(text) {
    let changed = text;
    for (let n = 1 + Math.floor(this.random() * 3); n > 0; n -= 1) {
      if (this.random() < 0.25) {
        changed = this.tokens(changed);
      } else {
        try {
          changed = print(this.tree(parse(changed)));
        } catch {
          changed = this.tokens(changed);
        }
      }
    }
    return changed;
  }

  /** Removes, repeats or replaces a token. */
  tokens(text) {
    const found = [...text.matchAll(/\.\.\.|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|"(?:[^"\\\n]|\\.)*"|\S/g)];
    if (found.length === 0) return text;
    const { 0: token, index } = this.pick(found);
    const [before, after] = [text.slice(0, index), text.slice(index + token.length)];
    const other = this.random() < 0.5 ? this.pick(TOKENS) : this.pick(found)[0];
    return before + this.pick(['', `${token} ${token}`, other, `${token} ${other}`, `${other} ${token}`]) + after;
  }

  /** Changes one node of a tree. */
  tree(document) {
    const count = (kinds) => {
      let n = 0;
      visit(document, { enter: (node) => void (kinds.includes(node.kind) && (n += 1)) });
      return n;
    };
    const change = (kinds, edit) => {
      let chosen = Math.floor(this.random() * count(kinds));
      let done = false;
      return visit(document, {
        enter: (node) => {
          if (done || !kinds.includes(node.kind) || chosen-- > 0) return undefined;
          done = true;
          return edit(node);
        },
      });
    };
    const literal = () => parse(`{ f(x: ${this.pick(LITERALS)}) }`).definitions[0].selectionSet.selections[0].arguments[0].value;
    const directive = () =>
      parse(`{ f ${this.pick(['@nope', '@skip(if: true)', '@include(if: true)', '@include(if: false)', '@skip(if: "a")', '@skip'])} }`)
        .definitions[0].selectionSet.selections[0].directives;
    const name = (value) => ({ kind: Kind.NAME, value });
    const named = (value) => ({ kind: Kind.NAMED_TYPE, name: name(value) });
    const edits = [
      () => change([Kind.FIELD], (node) => ({ ...node, name: name(this.pick(['nope', '__typename', 'id', 'nodes'])) })),
      () => change([Kind.FIELD], (node) => ({ ...node, alias: name(this.pick(['a', 'id', 'key', 'b'])) })),
      () => change([Kind.SELECTION_SET], (node) => ({ ...node, selections: [...node.selections, this.pick(node.selections)] })),
      () => change([Kind.SELECTION_SET], (node) => ({ ...node, selections: [...node.selections].reverse() })),
      () => change([Kind.SELECTION_SET], (node) => ({ ...node, selections: node.selections.slice(1) })),
      () => change([Kind.FIELD], (node) => ({ ...node, arguments: node.arguments.slice(1) })),
      () => change([Kind.FIELD], (node) => ({ ...node, arguments: [...node.arguments, ...node.arguments.slice(0, 1)] })),
      () => change([Kind.ARGUMENT, Kind.OBJECT_FIELD], (node) => ({ ...node, name: name(this.pick(['nope', 'first', 'id', 'all'])) })),
      () => change([Kind.ARGUMENT, Kind.OBJECT_FIELD, Kind.VARIABLE_DEFINITION], (node) =>
        node.kind === Kind.VARIABLE_DEFINITION ? { ...node, defaultValue: literal() } : { ...node, value: literal() }),
      () => change([Kind.OBJECT], (node) => ({ ...node, fields: [...node.fields, ...node.fields.slice(0, 1)] })),
      () => change([Kind.OBJECT], (node) => ({ ...node, fields: node.fields.slice(1) })),
      () => change([Kind.LIST], (node) => node.values[0] ?? node),
      () => change([Kind.ARGUMENT], (node) => ({ ...node, value: { kind: Kind.LIST, values: [node.value] } })),
      () => change([Kind.ARGUMENT], (node) => ({ ...node, value: { kind: Kind.VARIABLE, name: name('x') } })),
      () => change([Kind.FIELD, Kind.INLINE_FRAGMENT, Kind.FRAGMENT_SPREAD, Kind.OPERATION_DEFINITION], (node) => ({ ...node, directives: [...(node.directives ?? []), ...directive()] })),
      () => change([Kind.SELECTION_SET], (node) => ({ ...node, selections: [{ kind: Kind.INLINE_FRAGMENT, typeCondition: this.random() < 0.3 ? undefined : named(this.pick(this.objects)), selectionSet: node }] })),
      () => change([Kind.FIELD], (node) => (node.selectionSet ? { ...node, selectionSet: undefined } : { ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FIELD, name: name('id') }] } })),
      () => change([Kind.VARIABLE_DEFINITION], (node) => ({ ...node, type: this.pick([named('Int'), named('String'), named('Nope'), { kind: Kind.NON_NULL_TYPE, type: named('ID') }, { kind: Kind.LIST_TYPE, type: named('ID') }]) })),
      () => change([Kind.OPERATION_DEFINITION], (node) => ({ ...node, variableDefinitions: node.variableDefinitions.slice(1) })),
      () => change([Kind.OPERATION_DEFINITION], (node) => ({ ...node, variableDefinitions: [...node.variableDefinitions, { kind: Kind.VARIABLE_DEFINITION, variable: { kind: Kind.VARIABLE, name: name('x') }, type: named(this.pick(['Int', 'ID', 'String', 'Boolean'])) }] })),
      () => change([Kind.OPERATION_DEFINITION], (node) => ({ ...node, operation: this.pick(['query', 'mutation', 'subscription']) })),
      () => change([Kind.FRAGMENT_DEFINITION], (node) => ({ ...node, typeCondition: named(this.pick(this.types)) })),
      () => change([Kind.DOCUMENT], (node) => ({ ...node, definitions: [...node.definitions, this.pick(node.definitions)] })),
      () => change([Kind.DOCUMENT], (node) => ({ ...node, definitions: [...node.definitions, ...parse('fragment Extra on Query { view { seq } }').definitions] })),
    ];
    return this.pick(edits)();
  }

  /** Returns the same query in another form: it remains valid, and its answer may have other keys, another order or empty objects. */
  reshape(document, typeOf) {
    const name = (value) => ({ kind: Kind.NAME, value });
    const skip = (when) => ({
      kind: Kind.DIRECTIVE,
      name: name('skip'),
      arguments: [{ kind: Kind.ARGUMENT, name: name('if'), value: { kind: Kind.BOOLEAN, value: when } }],
    });
    const fragments = [];
    const reshaped = visit(document, {
      SelectionSet: {
        leave: (node, _key, parent) => {
          const on = typeOf(parent);
          const chance = this.random();
          let { selections } = node;
          if (chance < 0.08) return { ...node, selections: selections.map((one) => ({ ...one, directives: [...one.directives, skip(true)] })) };
          if (chance < 0.16) selections = selections.map((one) => ({ ...one, directives: [...one.directives, skip(this.random() < 0.5)] }));
          else if (chance < 0.24) selections = [...selections].reverse();
          else if (chance < 0.32) selections = [...selections, ...selections];
          else if (chance < 0.4 && on) {
            const fragment = `Extra${fragments.length}`;
            fragments.push({ kind: Kind.FRAGMENT_DEFINITION, name: name(fragment), typeCondition: { kind: Kind.NAMED_TYPE, name: name(on) }, directives: [], selectionSet: { ...node } });
            return { ...node, selections: [{ kind: Kind.FRAGMENT_SPREAD, name: name(fragment), directives: [] }] };
          } else if (chance < 0.48) {
            return { ...node, selections: [{ kind: Kind.INLINE_FRAGMENT, directives: this.random() < 0.3 ? [skip(true)] : [], selectionSet: { ...node } }] };
          } else if (chance < 0.56) selections = [{ kind: Kind.FIELD, alias: name('kind_'), name: name('__typename'), arguments: [], directives: [] }, ...selections];
          return { ...node, selections };
        },
      },
    });
    return { ...reshaped, definitions: [...reshaped.definitions, ...fragments] };
  }
}
