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

export type LogQueryVariables = Exact<{
  seq: string;
  before?: string | null | undefined;
}>;


export type LogQuery = { at: { commitCounts: Array<{ since: string, until: string, toSeq: string | null, commitCount: number, statementCount: number }> | null, commits: { totalCount: number, pageInfo: { hasPreviousPage: boolean }, nodes: Array<{ seq: string, time: string, author: string, message: string | null, statements: Array<{ kind: Types.StatementKind }>, versions: { totalCount: number }, tagMoves: { totalCount: number } }> } } };

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

export const LogDocument = new TypedDocumentString(`
    query Log($seq: Seq!, $before: Seq) {
  at(asOf: {seq: $seq}) {
    commitCounts(buckets: 12, by: TIME) {
      since
      until
      toSeq
      commitCount
      statementCount
    }
    commits(last: 50, before: $before) {
      totalCount
      pageInfo {
        hasPreviousPage
      }
      nodes {
        seq
        time
        author
        message
        statements {
          kind
        }
        versions(first: 1) {
          totalCount
        }
        tagMoves(first: 1) {
          totalCount
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<LogQuery, LogQueryVariables>;