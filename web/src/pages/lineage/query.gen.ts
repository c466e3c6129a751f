// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

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

export type LineageQueryVariables = Exact<{
  seq: string;
  of: string | number;
  direction: Types.Direction;
  roles?: Array<string> | string | null | undefined;
  maxDepth?: number | null | undefined;
  stopAt?: Types.VersionFilter | null | undefined;
  maxNodes: number;
  foldAbove: number;
  foldWrong: boolean;
  isGroup: boolean;
  isWrong: boolean;
  group: string | number;
  filter?: Types.VersionFilter | null | undefined;
  keepOnly: Types.VersionFilter;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type LineageQuery = { at: { lineageSummary: { info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, total: { versionCount: number, itemCount: number, wrongCount: number }, groups: { nodes: Array<{ kind: Types.ItemKind | null, versionCount: number, wrongCount: number }> } } | null, lineageGraph: { info: { seq: string, complete: boolean, incompleteReason: Types.IncompleteReason | null }, nodes: Array<{ key: string, depth: number, start: boolean, more: boolean, version: { hash: string, number: number, wrong: boolean, isHead: boolean, tags: Array<{ name: string }>, item: { namespace: string, kind: Types.ItemKind, key: string } } }>, groups: Array<{ key: string, depth: number, kind: Types.ItemKind | null, namespace: string | null, role: string | null, count: number, wrongCount: number, more: boolean }>, edges: Array<{ source: string, derived: string, role: string, count: number }>, group?: { kind: Types.ItemKind | null, namespace: string | null, count: number, wrongCount: number, versions: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, wrong: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } }> } } | null } | null, lineage?: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, wrong: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } }> } | null } };

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

export const LineageDocument = new TypedDocumentString(`
    query Lineage($seq: Seq!, $of: ID!, $direction: Direction!, $roles: [String!], $maxDepth: Int, $stopAt: VersionFilter, $maxNodes: Int!, $foldAbove: Int!, $foldWrong: Boolean!, $isGroup: Boolean!, $isWrong: Boolean!, $group: ID!, $filter: VersionFilter, $keepOnly: VersionFilter!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    lineageSummary(
      from: [$of]
      direction: $direction
      roles: $roles
      maxDepth: $maxDepth
      stopAt: $stopAt
      groupBy: [KIND]
    ) {
      info {
        complete
        incompleteReason
      }
      total {
        versionCount
        itemCount
        wrongCount
      }
      groups(first: 20) {
        nodes {
          kind
          versionCount
          wrongCount
        }
      }
    }
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
      info {
        seq
        complete
        incompleteReason
      }
      nodes {
        key
        depth
        start
        more
        version {
          hash
          number
          wrong
          isHead
          tags {
            name
          }
          item {
            namespace
            kind
            key
          }
        }
      }
      groups {
        key
        depth
        kind
        namespace
        role
        count
        wrongCount
        more
      }
      edges {
        source
        derived
        role
        count
      }
      group(key: $group) @include(if: $isGroup) {
        ...GroupList
      }
    }
    lineage(
      from: [$of]
      direction: $direction
      roles: $roles
      maxDepth: $maxDepth
      stopAt: $stopAt
      keepOnly: $keepOnly
      first: $first
      after: $after
    ) @include(if: $isWrong) {
      ...WrongList
    }
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
}`) as unknown as TypedDocumentString<LineageQuery, LineageQueryVariables>;