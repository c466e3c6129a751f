// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type CommitQueryVariables = Exact<{
  seq: string;
  commit: string;
  statements: Array<string | number> | string | number;
  firstVersions?: number | null | undefined;
  versions?: string | null | undefined;
  firstMoves?: number | null | undefined;
  moves?: string | null | undefined;
}>;


export type CommitQuery = { at: { commit: { seq: string, time: string, author: string, message: string | null, versions: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, wrong: boolean, isHead: boolean, item: { namespace: string, kind: Types.ItemKind, key: string }, parent: { number: number } | null }> }, tagMoves: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ name: string, alias: boolean, set: boolean, version: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null, statements: Array<
      | { place: number, kind: Types.StatementKind, reason: string, author: string, version: { hash: string, number: number, attributes: unknown, item: { namespace: string, kind: Types.ItemKind, key: string } }, by: { number: number, attributes: unknown } | null }
      | Record<PropertyKey, never>
     | null> | null } };

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

export const CommitDocument = new TypedDocumentString(`
    query Commit($seq: Seq!, $commit: Seq!, $statements: [ID!]!, $firstVersions: Int = 25, $versions: String, $firstMoves: Int = 25, $moves: String) {
  at(asOf: {seq: $seq}) {
    commit(seq: $commit) {
      seq
      time
      author
      message
      versions(first: $firstVersions, after: $versions) {
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
          parent {
            number
          }
        }
      }
      tagMoves(first: $firstMoves, after: $moves) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          name
          alias
          set
          version {
            hash
            number
            item {
              namespace
              kind
              key
            }
          }
        }
      }
    }
    statements: nodes(ids: $statements) {
      ... on Statement {
        place
        kind
        reason
        author
        version {
          hash
          number
          attributes
          item {
            namespace
            kind
            key
          }
        }
        by {
          number
          attributes
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CommitQuery, CommitQueryVariables>;