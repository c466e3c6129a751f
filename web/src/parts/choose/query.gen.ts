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

export type ChooseQueryVariables = Exact<{
  seq: string;
  kinds: Array<Types.ItemKind> | Types.ItemKind;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ChooseQuery = { at: { items: { totalCount: number, totalCountIsExact: boolean, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, namespace: string, kind: Types.ItemKind, key: string, head: { number: number, committedAt: string, wrong: boolean, memberCount: number | null, tags: Array<{ name: string }>, freshness: { wrongCount: number } | null } }> } } };

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

export const ChooseDocument = new TypedDocumentString(`
    query Choose($seq: Seq!, $kinds: [ItemKind!]!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    items(
      filter: {kinds: $kinds}
      orderBy: COMMITTED_DESCENDING
      first: $first
      after: $after
    ) {
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
          committedAt
          wrong
          tags {
            name
          }
          memberCount
          freshness {
            wrongCount
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ChooseQuery, ChooseQueryVariables>;