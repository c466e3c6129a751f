import type { DocExplorerNavStackItem } from '@graphiql/plugin-doc-explorer';
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/** A name of the schema, and what is said about it. */
export interface Entry {
  /** Such as `Query.campaign`, or `Query.campaign(commit:)` for an argument. */
  path: string;
  name: string;
  description: string;
  /** The page of the documentation that it opens. */
  target: DocExplorerNavStackItem;
}

/** Returns the types of the schema, with their fields, arguments and values. */
export function entriesOf(schema: GraphQLSchema): Entry[] {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  return types.flatMap((type) => {
    const own = { name: type.name, def: type };
    const entries = [entry(type.name, type, own)];
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        const target = { name: field.name, def: field };
        const path = `${type.name}.${field.name}`;
        entries.push(entry(path, field, target));
        for (const argument of 'args' in field ? field.args : []) {
          entries.push(entry(`${path}(${argument.name}:)`, argument, target));
        }
      }
    } else if (isEnumType(type)) {
      entries.push(...type.getValues().map((value) => entry(`${type.name}.${value.name}`, value, own)));
    }
    return entries;
  });
}

function entry(
  path: string,
  { name, description }: { name: string; description?: string | null | undefined },
  target: DocExplorerNavStackItem,
): Entry {
  return { path, name, description: (description ?? '').replaceAll(/\s+/g, ' ').trim(), target };
}

/** Returns the entries that contain all words, in the path or in the description: those with the name first. */
export function find(entries: Entry[], words: string): Entry[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  return entries
    .map((entry) => ({ entry, rank: rank(entry, wanted) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);
}

/** 0: the name itself; 1: in the name; 2: in the path; 3: in the description; `Infinity`: a word is missing. */
function rank({ name, path, description }: Entry, wanted: string[]): number {
  const places = [name, path, description].map((text) => text.toLowerCase());
  const ranks = wanted.map((word) => {
    if (places[0] === word) return 0;
    const place = places.findIndex((text) => text.includes(word));
    return place < 0 ? Infinity : place + 1;
  });
  return Math.max(...ranks);
}
