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

export type StatementKind =
  | 'CORRECTS'
  | 'PURGES'
  | 'REINSTATES'
  | 'RETRACTS';

export type ModelQueryVariables = Exact<{
  seq: string;
  ref: string;
  start: string | number;
  isConsumer: boolean;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ModelQuery = { at: { resolve: { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, isHead: boolean, wrong: boolean, attributes: unknown, tags: Array<{ name: string }>, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, activity: { name: string, codeReference: string | null, parameters: unknown, startedAt: string | null, endedAt: string | null } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ hash: string, number: number, committedAt: string, isHead: boolean, wrong: boolean, tags: Array<{ name: string }>, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, freshness: { wrongCount: number } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }> } }, sources: { totalCount: number, nodes: Array<{ role: string, source: { wrong: boolean, hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null, affected?: { info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, nodes: Array<{ wrongCount: number, wrong: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ attributes: unknown, hash: string, number: number, mediaType: string | null, replacement: { number: number, attributes: unknown } | null, statements: Array<{ kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string } }>, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }> } }> } | null, sets: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, edges: Array<{ depth: number, node: { hash: string, number: number, seq: string, committedAt: string, wrong: boolean, memberCount: number | null, completeManifest: boolean | null, tags: Array<{ name: string }>, freshness: { memberCount: number, wrongCount: number, supersededCount: number, sound: boolean } | null, item: { namespace: string, kind: Types.ItemKind, key: string, head: { hash: string, number: number, freshness: { wrongCount: number, sound: boolean } | null } } } }> } | null, runs: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, edges: Array<{ depth: number, node: { isHead: boolean, wrong: boolean, committedAt: string, attributes: unknown, hash: string, number: number, tags: Array<{ name: string }>, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } | null } };

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

export const ModelDocument = new TypedDocumentString(`
    query Model($seq: Seq!, $ref: String!, $start: ID!, $isConsumer: Boolean!, $first: Int = 25, $after: String) {
  at(asOf: {seq: $seq}) {
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
        startedAt
        endedAt
      }
      item {
        hash
        namespace
        kind
        key
        history(last: 10) {
          totalCount
          nodes {
            hash
            number
            committedAt
            isHead
            wrong
            tags {
              name
            }
            sources(first: 5) {
              totalCount
              nodes {
                role
                source {
                  ...Named
                  freshness {
                    wrongCount
                  }
                }
              }
            }
          }
        }
      }
      sources(first: 20) {
        totalCount
        nodes {
          role
          source {
            ...Named
            wrong
          }
        }
      }
    }
    affected: affectedConsumers(wrong: {all: {}}, consumers: [$start]) @include(if: $isConsumer) {
      ...SawWrong
    }
    sets: lineage(
      from: [$start]
      direction: UP
      keepOnly: {kinds: [TRAINING_SET]}
      stopAt: {kinds: [TRAINING_SET]}
      first: 20
    ) {
      totalCount
      info {
        complete
        incompleteReason
      }
      edges {
        depth
        node {
          hash
          number
          seq
          committedAt
          wrong
          memberCount
          completeManifest
          tags {
            name
          }
          freshness {
            memberCount
            wrongCount
            supersededCount
            sound
          }
          item {
            namespace
            kind
            key
            head {
              hash
              number
              freshness {
                wrongCount
                sound
              }
            }
          }
        }
      }
    }
    runs: lineage(
      from: [$start]
      direction: DOWN
      keepOnly: {kinds: [MODEL, EVALUATION, DEPLOYMENT]}
      stopAt: {kinds: [TRAINING_SET]}
      first: 50
    ) {
      totalCount
      info {
        complete
        incompleteReason
      }
      edges {
        depth
        node {
          ...Named
          isHead
          wrong
          committedAt
          attributes
          tags {
            name
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
}
fragment SawWrong on AffectedConsumerConnection {
  info {
    complete
    incompleteReason
  }
  nodes {
    wrongCount
    wrong(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...Named
        attributes
        ...Pictured
        replacement {
          number
          attributes
        }
        statements {
          kind
          reason
          author
          commit {
            seq
            time
          }
        }
      }
    }
  }
}
fragment Pictured on Version {
  mediaType
  payload {
    digest
    size
  }
  sources(first: 2) {
    nodes {
      role
      source {
        ...Named
        mediaType
        payload {
          digest
          size
        }
      }
    }
  }
}`) as unknown as TypedDocumentString<ModelQuery, ModelQueryVariables>;