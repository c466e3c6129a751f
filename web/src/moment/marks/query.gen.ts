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

export type MarksQueryVariables = Exact<{
  seq: string;
  ref: string | number;
  isOfItem: boolean;
  isOfStatements: boolean;
}>;


export type MarksQuery = { at: { version?: { item: { history: { pageInfo: { hasPreviousPage: boolean }, nodes: Array<{ number: number, seq: string, statements: Array<{ kind: Types.StatementKind, commit: { seq: string } }> }> } } } | null, commits?: { pageInfo: { hasPreviousPage: boolean }, nodes: Array<{ seq: string, message: string | null }> } } };

export type ItemMarksFragment = { item: { history: { pageInfo: { hasPreviousPage: boolean }, nodes: Array<{ number: number, seq: string, statements: Array<{ kind: Types.StatementKind, commit: { seq: string } }> }> } } };

export type StatementMarksFragment = { pageInfo: { hasPreviousPage: boolean }, nodes: Array<{ seq: string, message: string | null }> };

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
export const ItemMarksFragmentDoc = new TypedDocumentString(`
    fragment ItemMarks on Version {
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
    `, {"fragmentName":"ItemMarks"}) as unknown as TypedDocumentString<ItemMarksFragment, unknown>;
export const StatementMarksFragmentDoc = new TypedDocumentString(`
    fragment StatementMarks on CommitConnection {
  pageInfo {
    hasPreviousPage
  }
  nodes {
    seq
    message
  }
}
    `, {"fragmentName":"StatementMarks"}) as unknown as TypedDocumentString<StatementMarksFragment, unknown>;
export const MarksDocument = new TypedDocumentString(`
    query Marks($seq: Seq!, $ref: ID!, $isOfItem: Boolean!, $isOfStatements: Boolean!) {
  at(asOf: {seq: $seq}) {
    version(id: $ref) @include(if: $isOfItem) {
      ...ItemMarks
    }
    commits(filter: {hasStatements: true}, last: 100) @include(if: $isOfStatements) {
      ...StatementMarks
    }
  }
}
    fragment ItemMarks on Version {
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
fragment StatementMarks on CommitConnection {
  pageInfo {
    hasPreviousPage
  }
  nodes {
    seq
    message
  }
}`) as unknown as TypedDocumentString<MarksQuery, MarksQueryVariables>;