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

export type StatementKind =
  | 'CORRECTS'
  | 'PURGES'
  | 'REINSTATES'
  | 'RETRACTS';

export type HomeQueryVariables = Exact<{
  seq: string;
}>;


export type HomeQuery = { at: { models: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, done: number | null }, nodes: Array<{ wrongCount: number, staleAtBuild: boolean, consumer: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, fixedIn: { number: number } | null, tags: Array<{ name: string }> }> } | null, sets: { totalCount: number, totalCountIsExact: boolean, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, nodes: Array<{ hash: string, namespace: string, kind: Types.ItemKind, key: string, head: { hash: string, number: number, committedAt: string, memberCount: number | null, freshness: { wrongCount: number, supersededCount: number } | null } }> }, commits: { totalCount: number, nodes: Array<{ seq: string, time: string, author: string, message: string | null, statements: Array<{ kind: Types.StatementKind }> }> } } };

export type NewlyQueryVariables = Exact<{
  seq: string;
  from: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type NewlyQuery = { at: { newlyAffected: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ affectedCount: number, memberCount: number, isHead: boolean, trainingSet: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, fixedIn: { number: number } | null }> } | null } };

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

export const HomeDocument = new TypedDocumentString(`
    query Home($seq: Seq!) {
  at(asOf: {seq: $seq}) {
    models: affectedConsumers(
      wrong: {all: {}}
      kinds: [MODEL, DEPLOYMENT]
      onlyHeads: true
      first: 10
    ) {
      totalCount
      info {
        complete
        incompleteReason
        done
      }
      nodes {
        consumer {
          hash
          number
          item {
            namespace
            kind
            key
          }
        }
        wrongCount
        staleAtBuild
        fixedIn {
          number
        }
        tags {
          name
        }
      }
    }
    sets: items(
      filter: {kinds: [TRAINING_SET]}
      orderBy: COMMITTED_DESCENDING
      first: 10
    ) {
      totalCount
      totalCountIsExact
      info {
        complete
        incompleteReason
      }
      nodes {
        hash
        namespace
        kind
        key
        head {
          hash
          number
          committedAt
          memberCount
          freshness {
            wrongCount
            supersededCount
          }
        }
      }
    }
    commits(last: 10) {
      totalCount
      nodes {
        seq
        time
        author
        message
        statements {
          kind
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<HomeQuery, HomeQueryVariables>;
export const NewlyDocument = new TypedDocumentString(`
    query Newly($seq: Seq!, $from: Seq!, $first: Int = 10, $after: String) {
  at(asOf: {seq: $seq}) {
    newlyAffected(fromSeq: $from, first: $first, after: $after) {
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
        trainingSet {
          ...Named
        }
        affectedCount
        memberCount
        isHead
        fixedIn {
          number
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
}`) as unknown as TypedDocumentString<NewlyQuery, NewlyQueryVariables>;