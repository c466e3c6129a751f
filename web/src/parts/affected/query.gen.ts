// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type Inclusion =
  | 'COARSE'
  | 'DERIVED'
  | 'DIRECT'
  | 'SELF';

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

export type AffectedRowFragment = { inclusion: Types.Inclusion, wrongCount: number, staleAtBuild: boolean, consumer: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, tags: Array<{ name: string }>, fixedIn: { number: number } | null, through: { totalCount: number, nodes: Array<{ memberCount: number | null, hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }> } };

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
export const AffectedRowFragmentDoc = new TypedDocumentString(`
    fragment AffectedRow on AffectedConsumer {
  consumer {
    ...Named
  }
  inclusion
  tags {
    name
  }
  wrongCount
  staleAtBuild
  fixedIn {
    number
  }
  through(first: 3) {
    totalCount
    nodes {
      ...Named
      memberCount
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
}`, {"fragmentName":"AffectedRow"}) as unknown as TypedDocumentString<AffectedRowFragment, unknown>;