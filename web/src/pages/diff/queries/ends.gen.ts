// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type ItemKind =
  | 'BUNDLE'
  | 'DEPLOYMENT'
  | 'DERIVED'
  | 'EVALUATION'
  | 'LABEL'
  | 'MODEL'
  | 'ONTOLOGY'
  | 'SOURCE'
  | 'TRAINING_SET';

export type StatementKind =
  | 'CORRECTS'
  | 'PURGES'
  | 'REINSTATES'
  | 'RETRACTS';

export type DiffEndsQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
}>;


export type DiffEndsQuery = { at: { a: { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, wrong: boolean, isHead: boolean, mediaType: string | null, attributes: unknown, contentDigest: string, memberCount: number | null, tags: Array<{ name: string }>, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, path: string, size: string } | null, activity: { name: string, codeReference: string | null, parameters: unknown } | null, ontology: { number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }> } | null, b: { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, wrong: boolean, isHead: boolean, mediaType: string | null, attributes: unknown, contentDigest: string, memberCount: number | null, tags: Array<{ name: string }>, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, path: string, size: string } | null, activity: { name: string, codeReference: string | null, parameters: unknown } | null, ontology: { number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }> } | null } };

export type DiffEndFragment = { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, wrong: boolean, isHead: boolean, mediaType: string | null, attributes: unknown, contentDigest: string, memberCount: number | null, tags: Array<{ name: string }>, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, path: string, size: string } | null, activity: { name: string, codeReference: string | null, parameters: unknown } | null, ontology: { number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const DiffEndFragmentDoc = new TypedDocumentString(`
    fragment DiffEnd on Version {
  hash
  number
  seq
  committedAt
  author
  message
  wrong
  isHead
  mediaType
  attributes
  contentDigest
  memberCount
  tags {
    name
  }
  item {
    hash
    namespace
    kind
    key
  }
  payload {
    digest
    path
    size
  }
  activity {
    name
    codeReference
    parameters
  }
  ontology {
    number
    item {
      namespace
      kind
      key
    }
  }
  statements {
    place
    kind
    reason
    author
    commit {
      seq
    }
  }
}
    `, {"fragmentName":"DiffEnd"}) as unknown as TypedDocumentString<DiffEndFragment, unknown>;
export const DiffEndsDocument = new TypedDocumentString(`
    query DiffEnds($seq: Seq!, $a: ID!, $b: ID!) {
  at(asOf: {seq: $seq}) {
    a: version(id: $a) {
      ...DiffEnd
    }
    b: version(id: $b) {
      ...DiffEnd
    }
  }
}
    fragment DiffEnd on Version {
  hash
  number
  seq
  committedAt
  author
  message
  wrong
  isHead
  mediaType
  attributes
  contentDigest
  memberCount
  tags {
    name
  }
  item {
    hash
    namespace
    kind
    key
  }
  payload {
    digest
    path
    size
  }
  activity {
    name
    codeReference
    parameters
  }
  ontology {
    number
    item {
      namespace
      kind
      key
    }
  }
  statements {
    place
    kind
    reason
    author
    commit {
      seq
    }
  }
}`) as unknown as TypedDocumentString<DiffEndsQuery, DiffEndsQueryVariables>;