// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AffectedStatus =
  | 'ONTOLOGY_STALE'
  | 'RESTORED'
  | 'RETRACTED'
  | 'STALE';

export type Inclusion =
  | 'COARSE'
  | 'DERIVED'
  | 'DIRECT'
  | 'SELF';

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

export type SetWrongQueryVariables = Exact<{
  seq: string;
  ref: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SetWrongQuery = { at: { resolve: { staleMembers: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ inclusion: Types.Inclusion, status: Types.AffectedStatus, pinned: { attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, wrong: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, replacement: { hash: string, number: number, attributes: unknown } | null, statement: { kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string } } | null }> } | null } | null } };

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

export const SetWrongDocument = new TypedDocumentString(`
    query SetWrong($seq: Seq!, $ref: String!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $ref) {
      staleMembers(first: $first, after: $after) {
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
          ...StaleRow
        }
      }
    }
  }
}
    fragment StaleRow on StaleMember {
  inclusion
  status
  pinned {
    ...Named
    attributes
    ...Pictured
  }
  wrong {
    ...Named
  }
  replacement {
    hash
    number
    attributes
  }
  statement {
    kind
    reason
    author
    commit {
      seq
      time
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
}`) as unknown as TypedDocumentString<SetWrongQuery, SetWrongQueryVariables>;