// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type StatementKind =
  | 'CORRECTS'
  | 'PURGES'
  | 'REINSTATES'
  | 'RETRACTS';

export type HeadQueryVariables = Exact<{
  seq: string;
  isPast: boolean;
  ref: string | number;
  isOfItem: boolean;
  isOfStatements: boolean;
}>;


export type HeadQuery = { view: { seq: string, time: string }, commit?: { seq: string, time: string } | null, version?: { item: { history: { pageInfo: { hasPreviousPage: boolean }, nodes: Array<{ number: number, seq: string, statements: Array<{ kind: Types.StatementKind, commit: { seq: string } }> }> } } } | null, commits?: { pageInfo: { hasPreviousPage: boolean }, nodes: Array<{ seq: string, message: string | null }> } };

export type MomentAtQueryVariables = Exact<{
  seq: string;
}>;


export type MomentAtQuery = { at: { view: { seq: string, time: string } } };

export type SeqOfTimeQueryVariables = Exact<{
  time: string;
}>;


export type SeqOfTimeQuery = { at: { view: { seq: string } } };

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

export const HeadDocument = new TypedDocumentString(`
    query Head($seq: Seq!, $isPast: Boolean!, $ref: ID!, $isOfItem: Boolean!, $isOfStatements: Boolean!) {
  view {
    seq
    time
  }
  commit(seq: $seq) @include(if: $isPast) {
    seq
    time
  }
  version(id: $ref) @include(if: $isOfItem) {
    ...ItemMarks
  }
  commits(filter: {hasStatements: true}, last: 100) @include(if: $isOfStatements) {
    ...StatementMarks
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
}`) as unknown as TypedDocumentString<HeadQuery, HeadQueryVariables>;
export const MomentAtDocument = new TypedDocumentString(`
    query MomentAt($seq: Seq!) {
  at(asOf: {seq: $seq}) {
    view {
      seq
      time
    }
  }
}
    `) as unknown as TypedDocumentString<MomentAtQuery, MomentAtQueryVariables>;
export const SeqOfTimeDocument = new TypedDocumentString(`
    query SeqOfTime($time: DateTime!) {
  at(asOf: {time: $time}) {
    view {
      seq
    }
  }
}
    `) as unknown as TypedDocumentString<SeqOfTimeQuery, SeqOfTimeQueryVariables>;