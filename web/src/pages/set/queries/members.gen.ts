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

export type SetMembersQueryVariables = Exact<{
  seq: string;
  ref: string;
  split?: string | null | undefined;
  filter?: Types.VersionFilter | null | undefined;
  flat: boolean;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SetMembersQuery = { at: { resolve: { members?: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { wrong: boolean, isHead: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } }> } | null, flatMembers?: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { wrong: boolean, isHead: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } }> } | null } | null } };

export type MemberPageFragment = { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { wrong: boolean, isHead: boolean, attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } }> };

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
export const MemberPageFragmentDoc = new TypedDocumentString(`
    fragment MemberPage on MemberConnection {
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
    split
    weight
    version {
      ...Named
      wrong
      isHead
      attributes
      ...Pictured
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
}`, {"fragmentName":"MemberPage"}) as unknown as TypedDocumentString<MemberPageFragment, unknown>;
export const SetMembersDocument = new TypedDocumentString(`
    query SetMembers($seq: Seq!, $ref: String!, $split: String, $filter: VersionFilter, $flat: Boolean!, $first: Int = 48, $after: String) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $ref) {
      members(first: $first, split: $split, filter: $filter, after: $after) @skip(if: $flat) {
        ...MemberPage
      }
      flatMembers(first: $first, split: $split, filter: $filter, after: $after) @include(if: $flat) {
        ...MemberPage
      }
    }
  }
}
    fragment MemberPage on MemberConnection {
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
    split
    weight
    version {
      ...Named
      wrong
      isHead
      attributes
      ...Pictured
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
}`) as unknown as TypedDocumentString<SetMembersQuery, SetMembersQueryVariables>;