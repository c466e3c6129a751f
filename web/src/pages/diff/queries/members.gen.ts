// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AttributeFilter = {
  above?: unknown;
  atLeast?: unknown;
  atMost?: unknown;
  below?: unknown;
  equals?: unknown;
  exists?: boolean | null | undefined;
  in?: Array<unknown> | null | undefined;
  path: string;
};

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

export type VersionFilter = {
  attribute?: AttributeFilter | null | undefined;
  attributes?: Array<AttributeFilter> | null | undefined;
  isHead?: boolean | null | undefined;
  keyPrefix?: string | null | undefined;
  kinds?: Array<ItemKind> | null | undefined;
  namespaces?: Array<string> | null | undefined;
  tags?: Array<string> | null | undefined;
  words?: string | null | undefined;
  wrong?: boolean | null | undefined;
};

export type DiffMembersQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
  split?: string | null | undefined;
  filter?: Types.VersionFilter | null | undefined;
  paths?: Array<string> | string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  isAdded: boolean;
  isRemoved: boolean;
  isRepinned: boolean;
}>;


export type DiffMembersQuery = { at: { trainingSetDiff: { addedCount: { totalCount: number }, removedCount: { totalCount: number }, repinnedCount: { totalCount: number }, added?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }> } | null } }> }, removed?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }> } | null } }> }, repinned?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ before: { split: string, weight: number | null, version: { hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }> } | null } }, after: { split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }> } | null } } }> }, summary: { totalCount: number, nodes: Array<{ split: string | null, addedCount: number, removedCount: number, values: Array<{ exists: boolean, value: unknown }> }> } } | null } };

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

export const DiffMembersDocument = new TypedDocumentString(`
    query DiffMembers($seq: Seq!, $a: ID!, $b: ID!, $split: String, $filter: VersionFilter, $paths: [String!], $first: Int = 20, $after: String, $isAdded: Boolean!, $isRemoved: Boolean!, $isRepinned: Boolean!) {
  at(asOf: {seq: $seq}) {
    trainingSetDiff(a: $a, b: $b) {
      addedCount: added(first: 0, split: $split, filter: $filter) {
        totalCount
      }
      removedCount: removed(first: 0, split: $split, filter: $filter) {
        totalCount
      }
      repinnedCount: repinned(first: 0, split: $split, filter: $filter) {
        totalCount
      }
      added(first: $first, after: $after, split: $split, filter: $filter) @include(if: $isAdded) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffMember
          version {
            ...Pictured
          }
        }
      }
      removed(first: $first, after: $after, split: $split, filter: $filter) @include(if: $isRemoved) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffMember
          version {
            ...Pictured
          }
        }
      }
      repinned(first: $first, after: $after, split: $split, filter: $filter) @include(if: $isRepinned) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          before {
            ...DiffMember
          }
          after {
            ...DiffMember
            version {
              ...Pictured
            }
          }
        }
      }
      summary(groupBy: [SPLIT], attributes: $paths, filter: $filter, first: 100) {
        totalCount
        nodes {
          split
          addedCount
          removedCount
          values {
            exists
            value
          }
        }
      }
    }
  }
}
    fragment DiffMember on Member {
  split
  weight
  version {
    ...DiffVersion
  }
}
fragment DiffVersion on Version {
  hash
  number
  seq
  author
  message
  wrong
  attributes
  payload {
    digest
    size
  }
  sources(first: 2) {
    nodes {
      source {
        hash
      }
    }
  }
  item {
    hash
    namespace
    kind
    key
  }
  statements {
    ...DiffStatement
  }
  parent {
    statements {
      ...DiffStatement
    }
  }
}
fragment DiffStatement on Statement {
  place
  kind
  reason
  author
  by {
    hash
    number
  }
  commit {
    seq
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
}
fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}`) as unknown as TypedDocumentString<DiffMembersQuery, DiffMembersQueryVariables>;