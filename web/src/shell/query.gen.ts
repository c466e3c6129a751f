// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AttributeFilter = {
  above?: unknown;
  atLeast?: unknown;
  atMost?: unknown;
  below?: unknown;
  equals?: unknown;
  exists?: boolean | null | undefined;
  in?: Array<unknown> | null | undefined;
  path: string;
};

export type CommitSpan = {
  from?: string | null | undefined;
  since?: string | null | undefined;
  to?: string | null | undefined;
  until?: string | null | undefined;
};

export type ItemFilter = {
  attribute?: AttributeFilter | null | undefined;
  attributes?: Array<AttributeFilter> | null | undefined;
  authors?: Array<string> | null | undefined;
  committed?: CommitSpan | null | undefined;
  created?: CommitSpan | null | undefined;
  keyPrefix?: string | null | undefined;
  kinds?: Array<ItemKind> | null | undefined;
  namespaces?: Array<string> | null | undefined;
  stale?: boolean | null | undefined;
  tags?: Array<string> | null | undefined;
  words?: string | null | undefined;
  wrong?: boolean | null | undefined;
};

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

export type ResolveQueryVariables = Exact<{
  ref: string;
}>;


export type ResolveQuery = { resolve: { number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null };

export type ItemsNamedQueryVariables = Exact<{
  filter: Types.ItemFilter;
}>;


export type ItemsNamedQuery = { items: { nodes: Array<{ namespace: string, kind: Types.ItemKind, key: string }> } };

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

export const ResolveDocument = new TypedDocumentString(`
    query Resolve($ref: String!) {
  resolve(ref: $ref) {
    number
    item {
      namespace
      kind
      key
    }
  }
}
    `) as unknown as TypedDocumentString<ResolveQuery, ResolveQueryVariables>;
export const ItemsNamedDocument = new TypedDocumentString(`
    query ItemsNamed($filter: ItemFilter!) {
  items(filter: $filter, first: 20) {
    nodes {
      namespace
      kind
      key
    }
  }
}
    `) as unknown as TypedDocumentString<ItemsNamedQuery, ItemsNamedQueryVariables>;