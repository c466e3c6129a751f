// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type LeakageKind =
  | 'COMMON_ANCESTOR'
  | 'COMMON_MEMBER'
  | 'EQUAL_CONTENT'
  | 'EQUAL_PAYLOAD'
  | 'SAME_ITEM';

export type LeakageQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
  splitA?: string | null | undefined;
  splitB?: string | null | undefined;
  kinds?: Array<Types.LeakageKind> | Types.LeakageKind | null | undefined;
  first?: number | null | undefined;
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
    query Leakage($seq: Seq!, $a: ID!, $b: ID!, $splitA: String, $splitB: String, $kinds: [LeakageKind!], $first: Int = 20, $after: String) {
  at(asOf: {seq: $seq}) {
    leakage(
      a: $a
      b: $b
      splitA: $splitA
      splitB: $splitB
      kinds: $kinds
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