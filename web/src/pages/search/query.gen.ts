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

export type ItemFilter = {
  attribute?: AttributeFilter | null | undefined;
  attributes?: Array<AttributeFilter> | null | undefined;
  authors?: Array<string> | null | undefined;
  committed?: CommitSpan | null | undefined;
  created?: CommitSpan | null | undefined;
  keyPrefix?: string | null | undefined;
  kinds?: Array<ItemKind> | null | undefined;
  namespaces?: Array<string> | null | undefined;
  stale?: boolean | null | undefined;
  tags?: Array<string> | null | undefined;
  words?: string | null | undefined;
  wrong?: boolean | null | undefined;
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

export type ItemOrder =
  | 'COMMITTED'
  | 'COMMITTED_DESCENDING'
  | 'CREATED'
  | 'CREATED_DESCENDING'
  | 'KEY'
  | 'KEY_DESCENDING';

export type SearchQueryVariables = Exact<{
  seq: string;
  filter: Types.ItemFilter;
  order: Types.ItemOrder;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SearchQuery = { at: { items: { totalCount: number, totalCountIsExact: boolean, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, namespace: string, kind: Types.ItemKind, key: string, head: { number: number, wrong: boolean, committedAt: string, author: string, attributes: unknown, memberCount: number | null, mediaType: string | null, tags: Array<{ name: string }> } }> } } };

export type ContentQueryVariables = Exact<{
  seq: string;
  digest: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ContentQuery = { at: { blob: { size: string, versions: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, wrong: boolean, isHead: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } }> } } | null } };

export type SearchFacetsQueryVariables = Exact<{
  seq: string;
  filter: Types.ItemFilter;
}>;


export type SearchFacetsQuery = { at: { kinds: { itemCount: number, info: { complete: boolean }, groups: { totalCount: number, nodes: Array<{ kind: Types.ItemKind | null, namespace: string | null, tag: string | null, itemCount: number }> } } | null, namespaces: { itemCount: number, info: { complete: boolean }, groups: { totalCount: number, nodes: Array<{ kind: Types.ItemKind | null, namespace: string | null, tag: string | null, itemCount: number }> } } | null, tags: { itemCount: number, info: { complete: boolean }, groups: { totalCount: number, nodes: Array<{ kind: Types.ItemKind | null, namespace: string | null, tag: string | null, itemCount: number }> } } | null } };

export type FacetFragment = { itemCount: number, info: { complete: boolean }, groups: { totalCount: number, nodes: Array<{ kind: Types.ItemKind | null, namespace: string | null, tag: string | null, itemCount: number }> } };

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
export const FacetFragmentDoc = new TypedDocumentString(`
    fragment Facet on ItemSummary {
  itemCount
  info {
    complete
  }
  groups(first: 12) {
    totalCount
    nodes {
      kind
      namespace
      tag
      itemCount
    }
  }
}
    `, {"fragmentName":"Facet"}) as unknown as TypedDocumentString<FacetFragment, unknown>;
export const SearchDocument = new TypedDocumentString(`
    query Search($seq: Seq!, $filter: ItemFilter!, $order: ItemOrder!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    items(filter: $filter, orderBy: $order, first: $first, after: $after) {
      totalCount
      totalCountIsExact
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
        hash
        namespace
        kind
        key
        head {
          number
          wrong
          committedAt
          author
          attributes
          memberCount
          mediaType
          tags {
            name
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const ContentDocument = new TypedDocumentString(`
    query Content($seq: Seq!, $digest: Digest!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    blob(digest: $digest) {
      size
      versions(first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          hash
          number
          wrong
          isHead
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
    `) as unknown as TypedDocumentString<ContentQuery, ContentQueryVariables>;
export const SearchFacetsDocument = new TypedDocumentString(`
    query SearchFacets($seq: Seq!, $filter: ItemFilter!) {
  at(asOf: {seq: $seq}) {
    kinds: itemSummary(filter: $filter, groupBy: [KIND]) {
      ...Facet
    }
    namespaces: itemSummary(filter: $filter, groupBy: [NAMESPACE]) {
      ...Facet
    }
    tags: itemSummary(filter: $filter, groupBy: [TAG]) {
      ...Facet
    }
  }
}
    fragment Facet on ItemSummary {
  itemCount
  info {
    complete
  }
  groups(first: 12) {
    totalCount
    nodes {
      kind
      namespace
      tag
      itemCount
    }
  }
}`) as unknown as TypedDocumentString<SearchFacetsQuery, SearchFacetsQueryVariables>;