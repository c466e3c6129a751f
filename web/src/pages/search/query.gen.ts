// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/**
 * A condition on an attribute. All given tests must hold. Numbers compare by value, texts by code
 * points, so that RFC 3339 times with the same offset compare by time. A bound matches values of
 * its own type only.
 */
export type AttributeFilter = {
  /** Greater than this number or text. */
  above?: unknown;
  /** Greater than or equal to this number or text; a text of at most 64 bytes. */
  atLeast?: unknown;
  /** Less than or equal to this number or text. */
  atMost?: unknown;
  /** Less than this number or text. */
  below?: unknown;
  /** Equal to this complete value; null matches null. */
  equals?: unknown;
  /** True: the path has a value, null included. False: it has none. */
  exists?: boolean | null | undefined;
  /** Equal to one of these complete values; at most 10,000. */
  in?: Array<unknown> | null | undefined;
  /**
   * The path of the attribute: names from the outside in, separated by dots. A dot in a name is
   * written `\.`.
   */
  path: string;
};

/** A span of commits. All given bounds must hold; they are inclusive. */
export type CommitSpan = {
  /** This commit or a later one. */
  from?: string | null | undefined;
  /** This time or a later one. */
  since?: string | null | undefined;
  /** This commit or an earlier one. */
  to?: string | null | undefined;
  /** This time or an earlier one. */
  until?: string | null | undefined;
};

/** The reason that an answer is incomplete. */
export type IncompleteReason =
  /** There is more beyond the requested depth. */
  | 'DEPTH'
  /** The maximum number of derivations per request was followed. */
  | 'EDGES'
  /** The maximum number of versions per request was visited. */
  | 'NODES'
  /** The time limit of the request was reached. */
  | 'TIME';

/**
 * A filter over items. All given fields must match; an absent field matches everything; an empty
 * list matches nothing.
 */
export type ItemFilter = {
  /** Items whose current version matches this condition. */
  attribute?: AttributeFilter | null | undefined;
  /** Items whose current version matches all of these conditions; at most 32. */
  attributes?: Array<AttributeFilter> | null | undefined;
  /** Items whose current version was committed by one of these authors. */
  authors?: Array<string> | null | undefined;
  /** Items whose current version was committed in this span. */
  committed?: CommitSpan | null | undefined;
  /** Items whose first version was committed in this span. */
  created?: CommitSpan | null | undefined;
  /** Items whose key starts with this text. */
  keyPrefix?: string | null | undefined;
  /** Items of one of these kinds. */
  kinds?: Array<ItemKind> | null | undefined;
  /** Items in one of these namespaces. */
  namespaces?: Array<string> | null | undefined;
  /**
   * True: items whose current version was made from something wrong or pins it, directly or
   * through other versions, models included. False: the others. A version that is wrong itself
   * is not stale for that reason.
   */
  stale?: boolean | null | undefined;
  /** Items whose current version has one of these tags. */
  tags?: Array<string> | null | undefined;
  /**
   * Items with all these words in the key or in a text of the current version's attributes.
   * Words are runs of letters and digits, compared without regard to case and Unicode
   * normalization. The last word is a prefix, unless another character follows it, such as a
   * space. In scripts without spaces (Han, kana, Thai and others) each pair of adjacent
   * characters is a word. At most 32 words.
   */
  words?: string | null | undefined;
  /** True: items whose current version is wrong. False: the others. */
  wrong?: boolean | null | undefined;
};

/** The role of an item in lineage. */
export type ItemKind =
  /** Versions that belong together, such as an image and its labels; derived from each of them. */
  | 'BUNDLE'
  /** A deployment of a model. */
  | 'DEPLOYMENT'
  /** Computed data: a crop, a feature, an augmentation, a pseudo-label. */
  | 'DERIVED'
  /** An evaluation of a model. */
  | 'EVALUATION'
  /** A label of a source. */
  | 'LABEL'
  /** A trained model. */
  | 'MODEL'
  /** A class list. */
  | 'ONTOLOGY'
  /** Raw data: an image, a recording, a document. */
  | 'SOURCE'
  /** A training set, which pins member versions. */
  | 'TRAINING_SET';

/**
 * The order of a list of items. Kinds are in the order of `ItemKind`, SOURCE first; namespaces and
 * keys compare by bytes.
 */
export type ItemOrder =
  /** By the commit of the current version, oldest first. */
  | 'COMMITTED'
  /** By the commit of the current version, newest first. */
  | 'COMMITTED_DESCENDING'
  /** By creation, oldest first. */
  | 'CREATED'
  /** By creation, newest first. */
  | 'CREATED_DESCENDING'
  /** By namespace, kind and key, ascending. */
  | 'KEY'
  /** By namespace, kind and key, descending. */
  | 'KEY_DESCENDING';

export type SearchQueryVariables = Exact<{
  seq: string;
  filter: Types.ItemFilter;
  order: Types.ItemOrder;
  after?: string | null | undefined;
}>;


export type SearchQuery = { at: { items: { totalCount: number, totalCountIsExact: boolean, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, namespace: string, kind: Types.ItemKind, key: string, head: { number: number, wrong: boolean, committedAt: string, author: string, attributes: unknown, memberCount: number | null, mediaType: string | null, tags: Array<{ name: string }> } }> } } };

export type ContentQueryVariables = Exact<{
  seq: string;
  digest: string;
  after?: string | null | undefined;
}>;


export type ContentQuery = { at: { blob: { size: string, versions: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, wrong: boolean, isHead: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } }> } } | null } };

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

export const SearchDocument = new TypedDocumentString(`
    query Search($seq: Seq!, $filter: ItemFilter!, $order: ItemOrder!, $after: String) {
  at(asOf: {seq: $seq}) {
    items(filter: $filter, orderBy: $order, first: 50, after: $after) {
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
    query Content($seq: Seq!, $digest: Digest!, $after: String) {
  at(asOf: {seq: $seq}) {
    blob(digest: $digest) {
      size
      versions(first: 50, after: $after) {
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