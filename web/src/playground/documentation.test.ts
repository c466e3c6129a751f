import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';

import { entriesOf, find } from './documentation';

const entries = entriesOf(
  buildSchema(`
    type Query {
      "Models, evaluations and deployments that saw it."
      consumers(
        "The largest number of models."
        first: Int
      ): [Version!]!
      staleModel: Version
    }
    "A version of an item."
    type Version { model: String }
    enum Kind { "A trained model." MODEL, LABEL }
  `),
);
const paths = (words: string) => find(entries, words).map(({ path }) => path);

test('finds names and descriptions, the name itself first', () => {
  expect(paths('model')).toEqual(['Version.model', 'Kind.MODEL', 'Query.staleModel', 'Query.consumers', 'Query.consumers(first:)']);
});

test('all words must be there, in any order and place', () => {
  expect(paths('saw consumers')).toEqual(['Query.consumers']);
  expect(paths('evaluations label')).toEqual([]);
});

test('an argument opens its field', () => {
  expect(find(entries, 'largest')[0]?.target.name).toBe('consumers');
});

test('no words find nothing', () => {
  expect(paths('  ')).toEqual([]);
});
