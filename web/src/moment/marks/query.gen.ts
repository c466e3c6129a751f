// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type StatementKind =
  | 'CORRECTS'
  | 'PURGES'
  | 'REINSTATES'
  | 'RETRACTS';

export type ItemMarksQueryVariables = Exact<{
  seq: string;
  ref: string | number;
}>;


export type ItemMarksQuery = { at: { version: { item: { history: { pageInfo: { hasPreviousPage: boolean }, nodes: Array<{ number: number, seq: string, statements: Array<{ kind: Types.StatementKind, commit: { seq: string } }> }> } } } | null } };

export type StatementMarksQueryVariables = Exact<{
  seq: string;
}>;


export type StatementMarksQuery = { at: { commits: { pageInfo: { hasPreviousPage: boolean }, nodes: Array<{ seq: string, message: string | null }> } } };

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

export const ItemMarksDocument = new TypedDocumentString(`
    query ItemMarks($seq: Seq!, $ref: ID!) {
  at(asOf: {seq: $seq}) {
    version(id: $ref) {
      item {
        history(last: 100) {
          pageInfo {
            hasPreviousPage
          }
          nodes {
            number
            seq
            statements {
              kind
              commit {
                seq
              }
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ItemMarksQuery, ItemMarksQueryVariables>;
export const StatementMarksDocument = new TypedDocumentString(`
    query StatementMarks($seq: Seq!) {
  at(asOf: {seq: $seq}) {
    commits(filter: {hasStatements: true}, last: 100) {
      pageInfo {
        hasPreviousPage
      }
      nodes {
        seq
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<StatementMarksQuery, StatementMarksQueryVariables>;