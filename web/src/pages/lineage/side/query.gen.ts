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

export type Direction =
  | 'BOTH'
  | 'DOWN'
  | 'UP';

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

export type ListedFragment = { hash: string, number: number, wrong: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } };

export type GroupListFragment = { kind: Types.ItemKind | null, namespace: string | null, count: number, wrongCount: number, versions: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, wrong: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } }> } };

export type WrongListFragment = { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, wrong: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } }> };

export type LineageGroupQueryVariables = Exact<{
  seq: string;
  of: string | number;
  direction: Types.Direction;
  roles?: Array<string> | string | null | undefined;
  maxDepth?: number | null | undefined;
  stopAt?: Types.VersionFilter | null | undefined;
  maxNodes: number;
  foldAbove: number;
  foldWrong: boolean;
  group: string | number;
  filter?: Types.VersionFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type LineageGroupQuery = { at: { lineageGraph: { group: { kind: Types.ItemKind | null, namespace: string | null, count: number, wrongCount: number, versions: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, wrong: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } }> } } | null } | null } };

export type LineageWrongQueryVariables = Exact<{
  seq: string;
  of: string | number;
  direction: Types.Direction;
  roles?: Array<string> | string | null | undefined;
  maxDepth?: number | null | undefined;
  stopAt?: Types.VersionFilter | null | undefined;
  keepOnly: Types.VersionFilter;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type LineageWrongQuery = { at: { lineage: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, wrong: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } }> } | null } };

export type LineagePathsQueryVariables = Exact<{
  seq: string;
  of: string | number;
  to: string | number;
}>;


export type LineagePathsQuery = { at: { version: { hash: string, number: number, wrong: boolean, isHead: boolean, item: { namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }> } | null, pathsBetween: { exhaustive: boolean, info: { complete: boolean }, paths: Array<{ length: number, versions: Array<{ hash: string, number: number, wrong: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } }> }> } | null } };

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
export const ListedFragmentDoc = new TypedDocumentString(`
    fragment Listed on Version {
  hash
  number
  wrong
  item {
    namespace
    kind
    key
  }
}
    `, {"fragmentName":"Listed"}) as unknown as TypedDocumentString<ListedFragment, unknown>;
export const GroupListFragmentDoc = new TypedDocumentString(`
    fragment GroupList on LineageGraphGroup {
  kind
  namespace
  count
  wrongCount
  versions(first: $first, after: $after, filter: $filter) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...Listed
    }
  }
}
    fragment Listed on Version {
  hash
  number
  wrong
  item {
    namespace
    kind
    key
  }
}`, {"fragmentName":"GroupList"}) as unknown as TypedDocumentString<GroupListFragment, unknown>;
export const WrongListFragmentDoc = new TypedDocumentString(`
    fragment WrongList on LineageConnection {
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
    ...Listed
  }
}
    fragment Listed on Version {
  hash
  number
  wrong
  item {
    namespace
    kind
    key
  }
}`, {"fragmentName":"WrongList"}) as unknown as TypedDocumentString<WrongListFragment, unknown>;
export const LineageGroupDocument = new TypedDocumentString(`
    query LineageGroup($seq: Seq!, $of: ID!, $direction: Direction!, $roles: [String!], $maxDepth: Int, $stopAt: VersionFilter, $maxNodes: Int!, $foldAbove: Int!, $foldWrong: Boolean!, $group: ID!, $filter: VersionFilter, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    lineageGraph(
      from: [$of]
      direction: $direction
      roles: $roles
      maxDepth: $maxDepth
      stopAt: $stopAt
      maxNodes: $maxNodes
      foldAbove: $foldAbove
      foldWrong: $foldWrong
    ) {
      group(key: $group) {
        ...GroupList
      }
    }
  }
}
    fragment Listed on Version {
  hash
  number
  wrong
  item {
    namespace
    kind
    key
  }
}
fragment GroupList on LineageGraphGroup {
  kind
  namespace
  count
  wrongCount
  versions(first: $first, after: $after, filter: $filter) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...Listed
    }
  }
}`) as unknown as TypedDocumentString<LineageGroupQuery, LineageGroupQueryVariables>;
export const LineageWrongDocument = new TypedDocumentString(`
    query LineageWrong($seq: Seq!, $of: ID!, $direction: Direction!, $roles: [String!], $maxDepth: Int, $stopAt: VersionFilter, $keepOnly: VersionFilter!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    lineage(
      from: [$of]
      direction: $direction
      roles: $roles
      maxDepth: $maxDepth
      stopAt: $stopAt
      keepOnly: $keepOnly
      first: $first
      after: $after
    ) {
      ...WrongList
    }
  }
}
    fragment Listed on Version {
  hash
  number
  wrong
  item {
    namespace
    kind
    key
  }
}
fragment WrongList on LineageConnection {
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
    ...Listed
  }
}`) as unknown as TypedDocumentString<LineageWrongQuery, LineageWrongQueryVariables>;
export const LineagePathsDocument = new TypedDocumentString(`
    query LineagePaths($seq: Seq!, $of: ID!, $to: ID!) {
  at(asOf: {seq: $seq}) {
    version(id: $to) {
      hash
      number
      wrong
      isHead
      item {
        namespace
        kind
        key
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
    pathsBetween(from: $of, to: $to, k: 5) {
      exhaustive
      info {
        complete
      }
      paths {
        length
        versions {
          hash
          number
          wrong
          item {
            namespace
            kind
            key
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<LineagePathsQuery, LineagePathsQueryVariables>;