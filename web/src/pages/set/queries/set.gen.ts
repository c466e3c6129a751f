// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

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

export type SetQueryVariables = Exact<{
  seq: string;
  ref: string;
  by: Array<string> | string;
  before: string | number;
  this: string | number;
  hasBefore: boolean;
}>;


export type SetQuery = { at: { trainingSetDiff?: { added: { totalCount: number }, removed: { totalCount: number }, repinned: { totalCount: number } } | null, resolve: { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, isHead: boolean, wrong: boolean, attributes: unknown, memberCount: number | null, flatMemberCount: number | null, completeManifest: boolean | null, derivativeCount: number, memberOfCount: number, tags: Array<{ name: string }>, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, activity: { name: string, codeReference: string | null, parameters: unknown } | null, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, freshness: { memberCount: number, wrongCount: number, supersededCount: number, sound: boolean, fresh: boolean } | null, values: { groups: { totalCount: number, nodes: Array<{ versionCount: number, wrongCount: number, values: Array<{ path: string, exists: boolean, value: unknown }> }> } } | null, memberSummary: { groups: { totalCount: number, nodes: Array<{ split: string | null, kind: Types.ItemKind | null, versionCount: number, wrongCount: number }> } } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ hash: string, number: number, committedAt: string, memberCount: number | null, isHead: boolean, wrong: boolean, tags: Array<{ name: string }>, freshness: { wrongCount: number } | null }> } } } | null } };

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

export const SetDocument = new TypedDocumentString(`
    query Set($seq: Seq!, $ref: String!, $by: [String!]!, $before: ID!, $this: ID!, $hasBefore: Boolean!) {
  at(asOf: {seq: $seq}) {
    trainingSetDiff(a: $before, b: $this) @include(if: $hasBefore) {
      added(first: 1) {
        totalCount
      }
      removed(first: 1) {
        totalCount
      }
      repinned(first: 1) {
        totalCount
      }
    }
    resolve(ref: $ref) {
      hash
      number
      seq
      committedAt
      author
      message
      isHead
      wrong
      attributes
      memberCount
      flatMemberCount
      completeManifest
      derivativeCount
      memberOfCount
      tags {
        name
      }
      statements {
        place
        kind
        reason
        author
        commit {
          seq
        }
      }
      activity {
        name
        codeReference
        parameters
      }
      sources(first: 5) {
        totalCount
        nodes {
          role
          source {
            ...Named
          }
        }
      }
      freshness {
        memberCount
        wrongCount
        supersededCount
        sound
        fresh
      }
      values: memberSummary(groupBy: [], attributes: $by) {
        groups(first: 12, orderBy: COUNT_DESCENDING) {
          totalCount
          nodes {
            versionCount
            wrongCount
            values {
              path
              exists
              value
            }
          }
        }
      }
      memberSummary(groupBy: [SPLIT, KIND]) {
        groups(first: 50) {
          totalCount
          nodes {
            split
            kind
            versionCount
            wrongCount
          }
        }
      }
      item {
        hash
        namespace
        kind
        key
        history(last: 12) {
          totalCount
          nodes {
            hash
            number
            committedAt
            memberCount
            isHead
            wrong
            tags {
              name
            }
            freshness {
              wrongCount
            }
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
}`) as unknown as TypedDocumentString<SetQuery, SetQueryVariables>;