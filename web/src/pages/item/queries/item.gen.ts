// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type ClassChangeKind =
  | 'MERGE'
  | 'REDEFINE'
  | 'RENAME'
  | 'SPLIT';

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

export type ItemQueryVariables = Exact<{
  seq: string;
  ref: string | number;
  before?: string | null | undefined;
}>;


export type ItemQuery = { at: { named: { number: number, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string, createdAt: string, head: { number: number }, tags: Array<{ name: string, alias: boolean, version: { number: number } }>, newest: { nodes: Array<{ number: number, wrong: boolean, ontologyChanges: Array<{ kind: Types.ClassChangeKind, from: Array<unknown> | null, to: Array<unknown> | null, classes: Array<unknown> }> }> }, history: { totalCount: number, pageInfo: { hasPreviousPage: boolean, startCursor: string | null }, nodes: Array<{ hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, isHead: boolean, wrong: boolean, memberOfCount: number, tags: Array<{ name: string }>, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { number: number } | null, commit: { seq: string, time: string } }> }> } } } | null } };

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

export const ItemDocument = new TypedDocumentString(`
    query Item($seq: Seq!, $ref: ID!, $before: String) {
  at(asOf: {seq: $seq}) {
    named: version(id: $ref) {
      number
      item {
        hash
        namespace
        kind
        key
        createdAt
        head {
          number
        }
        tags {
          name
          alias
          version {
            number
          }
        }
        newest: history(last: 100) {
          nodes {
            number
            wrong
            ontologyChanges {
              kind
              from
              to
              classes
            }
          }
        }
        history(last: 20, before: $before) {
          totalCount
          pageInfo {
            hasPreviousPage
            startCursor
          }
          nodes {
            hash
            number
            seq
            committedAt
            author
            message
            isHead
            wrong
            memberOfCount
            tags {
              name
            }
            statements {
              place
              kind
              reason
              author
              by {
                number
              }
              commit {
                seq
                time
              }
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ItemQuery, ItemQueryVariables>;