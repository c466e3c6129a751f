// Written by `npm run generate`.
// @ts-nocheck
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

export type DiffMemberFragment = { split: string, weight: number | null, version: { hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }> } | null } };

export type DiffVersionFragment = { hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } }> } | null };

export type DiffStatementFragment = { place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string, number: number } | null, commit: { seq: string } };

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
export const DiffStatementFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"DiffStatement"}) as unknown as TypedDocumentString<DiffStatementFragment, unknown>;
export const DiffVersionFragmentDoc = new TypedDocumentString(`
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
}`, {"fragmentName":"DiffVersion"}) as unknown as TypedDocumentString<DiffVersionFragment, unknown>;
export const DiffMemberFragmentDoc = new TypedDocumentString(`
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
}`, {"fragmentName":"DiffMember"}) as unknown as TypedDocumentString<DiffMemberFragment, unknown>;