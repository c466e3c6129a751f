// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type CommitSpan = {
  from?: string | null | undefined;
  since?: string | null | undefined;
  to?: string | null | undefined;
  until?: string | null | undefined;
};

export type IncompleteReason =
  | 'DEPTH'
  | 'EDGES'
  | 'NODES'
  | 'TIME';

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

export type StatementFilter = {
  authors?: Array<string> | null | undefined;
  committed?: CommitSpan | null | undefined;
  inForce?: boolean | null | undefined;
  itemKinds?: Array<ItemKind> | null | undefined;
  keyPrefix?: string | null | undefined;
  kinds?: Array<StatementKind> | null | undefined;
  namespaces?: Array<string> | null | undefined;
};

export type StatementKind =
  | 'CORRECTS'
  | 'PURGES'
  | 'REINSTATES'
  | 'RETRACTS';

export type ImpactStatementsQueryVariables = Exact<{
  seq: string;
  filter: Types.StatementFilter;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ImpactStatementsQuery = { at: { statements: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }> } } };

export type ImpactNamedQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
  c: string | number;
  d: string | number;
  e: string | number;
  hasB: boolean;
  hasC: boolean;
  hasD: boolean;
  hasE: boolean;
}>;


export type ImpactNamedQuery = { at: { a: { hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }>, item: { namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }> }> } } } | null, b?: { hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }>, item: { namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }> }> } } } | null, c?: { hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }>, item: { namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }> }> } } } | null, d?: { hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }>, item: { namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }> }> } } } | null, e?: { hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }>, item: { namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }> }> } } } | null } };

export type NamedWrongFragment = { hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }>, item: { namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null }> }> } } };

export type WrongStatementFragment = { place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string }, version: { wrong: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, by: { number: number, attributes: unknown } | null };

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
export const WrongStatementFragmentDoc = new TypedDocumentString(`
    fragment WrongStatement on Statement {
  place
  kind
  reason
  author
  commit {
    seq
    time
  }
  version {
    ...Named
    wrong
    attributes
    ...Pictured
  }
  by {
    number
    attributes
  }
}
    fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}
fragment Pictured on Version {
  mediaType
  payload {
    digest
    size
  }
  sources(first: 2) {
    nodes {
      role
      source {
        ...Named
        mediaType
        payload {
          digest
          size
        }
      }
    }
  }
}`, {"fragmentName":"WrongStatement"}) as unknown as TypedDocumentString<WrongStatementFragment, unknown>;
export const NamedWrongFragmentDoc = new TypedDocumentString(`
    fragment NamedWrong on Version {
  ...Named
  statements {
    ...WrongStatement
  }
  item {
    history(last: 20) {
      totalCount
      nodes {
        statements {
          ...WrongStatement
        }
      }
    }
  }
}
    fragment WrongStatement on Statement {
  place
  kind
  reason
  author
  commit {
    seq
    time
  }
  version {
    ...Named
    wrong
    attributes
    ...Pictured
  }
  by {
    number
    attributes
  }
}
fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}
fragment Pictured on Version {
  mediaType
  payload {
    digest
    size
  }
  sources(first: 2) {
    nodes {
      role
      source {
        ...Named
        mediaType
        payload {
          digest
          size
        }
      }
    }
  }
}`, {"fragmentName":"NamedWrong"}) as unknown as TypedDocumentString<NamedWrongFragment, unknown>;
export const ImpactStatementsDocument = new TypedDocumentString(`
    query ImpactStatements($seq: Seq!, $filter: StatementFilter!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    statements(
      filter: $filter
      orderBy: COMMITTED_DESCENDING
      first: $first
      after: $after
    ) {
      totalCount
      info {
        complete
        incompleteReason
        resume
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...WrongStatement
      }
    }
  }
}
    fragment WrongStatement on Statement {
  place
  kind
  reason
  author
  commit {
    seq
    time
  }
  version {
    ...Named
    wrong
    attributes
    ...Pictured
  }
  by {
    number
    attributes
  }
}
fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}
fragment Pictured on Version {
  mediaType
  payload {
    digest
    size
  }
  sources(first: 2) {
    nodes {
      role
      source {
        ...Named
        mediaType
        payload {
          digest
          size
        }
      }
    }
  }
}`) as unknown as TypedDocumentString<ImpactStatementsQuery, ImpactStatementsQueryVariables>;
export const ImpactNamedDocument = new TypedDocumentString(`
    query ImpactNamed($seq: Seq!, $a: ID!, $b: ID!, $c: ID!, $d: ID!, $e: ID!, $hasB: Boolean!, $hasC: Boolean!, $hasD: Boolean!, $hasE: Boolean!) {
  at(asOf: {seq: $seq}) {
    a: version(id: $a) {
      ...NamedWrong
    }
    b: version(id: $b) @include(if: $hasB) {
      ...NamedWrong
    }
    c: version(id: $c) @include(if: $hasC) {
      ...NamedWrong
    }
    d: version(id: $d) @include(if: $hasD) {
      ...NamedWrong
    }
    e: version(id: $e) @include(if: $hasE) {
      ...NamedWrong
    }
  }
}
    fragment NamedWrong on Version {
  ...Named
  statements {
    ...WrongStatement
  }
  item {
    history(last: 20) {
      totalCount
      nodes {
        statements {
          ...WrongStatement
        }
      }
    }
  }
}
fragment WrongStatement on Statement {
  place
  kind
  reason
  author
  commit {
    seq
    time
  }
  version {
    ...Named
    wrong
    attributes
    ...Pictured
  }
  by {
    number
    attributes
  }
}
fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}
fragment Pictured on Version {
  mediaType
  payload {
    digest
    size
  }
  sources(first: 2) {
    nodes {
      role
      source {
        ...Named
        mediaType
        payload {
          digest
          size
        }
      }
    }
  }
}`) as unknown as TypedDocumentString<ImpactNamedQuery, ImpactNamedQueryVariables>;