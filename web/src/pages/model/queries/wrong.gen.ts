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

export type ModelWrongQueryVariables = Exact<{
  seq: string;
  start: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ModelWrongQuery = { at: { affected: { info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, nodes: Array<{ wrongCount: number, wrong: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ attributes: unknown, hash: string, number: number, mediaType: string | null, replacement: { number: number, attributes: unknown } | null, statements: Array<{ kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string } }>, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }> } }> } | null } };

export type SawWrongFragment = { info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, nodes: Array<{ wrongCount: number, wrong: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ attributes: unknown, hash: string, number: number, mediaType: string | null, replacement: { number: number, attributes: unknown } | null, statements: Array<{ kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string } }>, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }> } }> };

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
export const SawWrongFragmentDoc = new TypedDocumentString(`
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
    fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
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
}`, {"fragmentName":"SawWrong"}) as unknown as TypedDocumentString<SawWrongFragment, unknown>;
export const ModelWrongDocument = new TypedDocumentString(`
    query ModelWrong($seq: Seq!, $start: ID!, $first: Int = 25, $after: String) {
  at(asOf: {seq: $seq}) {
    affected: affectedConsumers(wrong: {all: {}}, consumers: [$start]) {
      ...SawWrong
    }
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
fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
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
}`) as unknown as TypedDocumentString<ModelWrongQuery, ModelWrongQueryVariables>;