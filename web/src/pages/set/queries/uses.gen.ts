// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

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

export type SetUsesQueryVariables = Exact<{
  seq: string;
  ref: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SetUsesQuery = { at: { resolve: { derivatives: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ role: string, derived: { isHead: boolean, committedAt: string, hash: string, number: number, tags: Array<{ name: string }>, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, memberOf: { totalCount: number, nodes: Array<{ isHead: boolean, split: string | null, trainingSet: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null } };

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

export const SetUsesDocument = new TypedDocumentString(`
    query SetUses($seq: Seq!, $ref: String!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $ref) {
      derivatives(first: $first, after: $after) {
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
          role
          derived {
            ...Named
            isHead
            committedAt
            tags {
              name
            }
          }
        }
      }
      memberOf(first: 20) {
        totalCount
        nodes {
          isHead
          split
          trainingSet {
            ...Named
          }
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
}`) as unknown as TypedDocumentString<SetUsesQuery, SetUsesQueryVariables>;