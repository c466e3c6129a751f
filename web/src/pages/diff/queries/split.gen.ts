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

export type DiffSplitQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
  split: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  isAdded: boolean;
  isRemoved: boolean;
}>;


export type DiffSplitQuery = { at: { trainingSetDiff: { addedCount: { totalCount: number }, removedCount: { totalCount: number }, added?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }> } | null } }> }, removed?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }> } | null } }> } } | null } };

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

export const DiffSplitDocument = new TypedDocumentString(`
    query DiffSplit($seq: Seq!, $a: ID!, $b: ID!, $split: String!, $first: Int = 30, $after: String, $isAdded: Boolean!, $isRemoved: Boolean!) {
  at(asOf: {seq: $seq}) {
    trainingSetDiff(a: $a, b: $b) {
      addedCount: versionsAdded(first: 0, split: $split) {
        totalCount
      }
      removedCount: versionsRemoved(first: 0, split: $split) {
        totalCount
      }
      added: versionsAdded(first: $first, after: $after, split: $split) @include(if: $isAdded) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffMember
          version {
            ...Pictured
          }
        }
      }
      removed: versionsRemoved(first: $first, after: $after, split: $split) @include(if: $isRemoved) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffMember
          version {
            ...Pictured
          }
        }
      }
    }
  }
}
    fragment DiffMember on Member {
  split
  weight
  version {
    ...DiffVersion
  }
}
fragment DiffVersion on Version {
  hash
  number
  seq
  author
  message
  wrong
  attributes
  payload {
    digest
    size
  }
  sources(first: 2) {
    nodes {
      source {
        hash
      }
    }
  }
  item {
    hash
    namespace
    kind
    key
  }
  statements {
    ...DiffStatement
  }
  parent {
    statements {
      ...DiffStatement
    }
  }
}
fragment DiffStatement on Statement {
  place
  kind
  reason
  author
  by {
    hash
    number
  }
  commit {
    seq
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
}
fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}`) as unknown as TypedDocumentString<DiffSplitQuery, DiffSplitQueryVariables>;