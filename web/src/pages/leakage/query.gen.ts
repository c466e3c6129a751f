// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

/** The relation between members of two training sets. */
export type LeakageKind =
  /** The members have a common ancestor, or one is an ancestor of the other. */
  | 'COMMON_ANCESTOR'
  /** They are the same version. */
  | 'COMMON_MEMBER'
  /**
   * They belong to two items and have equal content: attributes, bytes and sources. Labels
   * that consist of a class alone also count.
   */
  | 'EQUAL_CONTENT'
  /** They belong to two items and have the same bytes, but differ otherwise. */
  | 'EQUAL_PAYLOAD'
  /** The members are versions of one item. */
  | 'SAME_ITEM';

export type LeakageQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
  splitA?: string | null | undefined;
  splitB?: string | null | undefined;
  kinds?: Array<Types.LeakageKind> | Types.LeakageKind | null | undefined;
  after?: string | null | undefined;
}>;


export type LeakageQuery = { at: { leakage: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ kind: Types.LeakageKind, aCount: number, bCount: number, pairCount: number, through: { hash: string, number: number, mediaType: string | null, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, pairs: { nodes: Array<{ a: { split: string, version: { hash: string, number: number, mediaType: string | null, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }, b: { split: string, version: { hash: string, number: number, mediaType: string | null, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } } }> } }> } | null } };

export type LeakedVersionFragment = { hash: string, number: number, mediaType: string | null, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } };

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
export const LeakedVersionFragmentDoc = new TypedDocumentString(`
    fragment LeakedVersion on Version {
  hash
  number
  mediaType
  payload {
    digest
    size
  }
  item {
    namespace
    kind
    key
  }
}
    `, {"fragmentName":"LeakedVersion"}) as unknown as TypedDocumentString<LeakedVersionFragment, unknown>;
export const LeakageDocument = new TypedDocumentString(`
    query Leakage($seq: Seq!, $a: ID!, $b: ID!, $splitA: String, $splitB: String, $kinds: [LeakageKind!], $after: String) {
  at(asOf: {seq: $seq}) {
    leakage(
      a: $a
      b: $b
      splitA: $splitA
      splitB: $splitB
      kinds: $kinds
      first: 20
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
        kind
        aCount
        bCount
        pairCount
        through {
          ...LeakedVersion
        }
        pairs(first: 2) {
          nodes {
            a {
              split
              version {
                ...LeakedVersion
              }
            }
            b {
              split
              version {
                ...LeakedVersion
              }
            }
          }
        }
      }
    }
  }
}
    fragment LeakedVersion on Version {
  hash
  number
  mediaType
  payload {
    digest
    size
  }
  item {
    namespace
    kind
    key
  }
}`) as unknown as TypedDocumentString<LeakageQuery, LeakageQueryVariables>;