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

export type AbsentQueryVariables = Exact<{
  seq: string;
  ref: string | number;
}>;


export type AbsentQuery = { at: { version: { seq: string, committedAt: string, item: { namespace: string, kind: Types.ItemKind, key: string, history: { nodes: Array<{ seq: string, committedAt: string }> } } } | null } };

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

export const AbsentDocument = new TypedDocumentString(`
    query Absent($seq: Seq!, $ref: ID!) {
  at(asOf: {seq: $seq}) {
    version(id: $ref) {
      seq
      committedAt
      item {
        namespace
        kind
        key
        history(first: 1) {
          nodes {
            seq
            committedAt
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AbsentQuery, AbsentQueryVariables>;