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

export type ModelUpstreamQueryVariables = Exact<{
  seq: string;
  start: string | number;
  vs: string | number;
  compare: boolean;
}>;


export type ModelUpstreamQuery = { at: { upstream: { info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, total: { kind: Types.ItemKind | null, versionCount: number, itemCount: number, wrongCount: number }, groups: { totalCount: number, nodes: Array<{ kind: Types.ItemKind | null, versionCount: number, itemCount: number, wrongCount: number }> } } | null, other?: { info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, total: { kind: Types.ItemKind | null, versionCount: number, itemCount: number, wrongCount: number }, groups: { totalCount: number, nodes: Array<{ kind: Types.ItemKind | null, versionCount: number, itemCount: number, wrongCount: number }> } } | null, version?: { hash: string, number: number, attributes: unknown, activity: { name: string, codeReference: string | null, parameters: unknown } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string } } | null, difference?: { commonCount: number, changed: { totalCount: number, nodes: Array<{ a: { wrong: boolean, attributes: unknown, hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, commit: { seq: string } }>, item: { namespace: string, kind: Types.ItemKind, key: string } }, b: { wrong: boolean, attributes: unknown, hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, commit: { seq: string } }>, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, onlyInA: { totalCount: number, nodes: Array<{ wrong: boolean, attributes: unknown, hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, commit: { seq: string } }>, item: { namespace: string, kind: Types.ItemKind, key: string } }> }, onlyInB: { totalCount: number, nodes: Array<{ wrong: boolean, attributes: unknown, hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, commit: { seq: string } }>, item: { namespace: string, kind: Types.ItemKind, key: string } }> } } | null } };

export type UpstreamCountFragment = { kind: Types.ItemKind | null, versionCount: number, itemCount: number, wrongCount: number };

export type ComparedModelFragment = { hash: string, number: number, attributes: unknown, activity: { name: string, codeReference: string | null, parameters: unknown } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string } };

export type AncestorFragment = { wrong: boolean, attributes: unknown, hash: string, number: number, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, commit: { seq: string } }>, item: { namespace: string, kind: Types.ItemKind, key: string } };

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
export const UpstreamCountFragmentDoc = new TypedDocumentString(`
    fragment UpstreamCount on LineageCount {
  kind
  versionCount
  itemCount
  wrongCount
}
    `, {"fragmentName":"UpstreamCount"}) as unknown as TypedDocumentString<UpstreamCountFragment, unknown>;
export const ComparedModelFragmentDoc = new TypedDocumentString(`
    fragment ComparedModel on Version {
  hash
  number
  attributes
  activity {
    name
    codeReference
    parameters
  }
  item {
    hash
    namespace
    kind
    key
  }
}
    `, {"fragmentName":"ComparedModel"}) as unknown as TypedDocumentString<ComparedModelFragment, unknown>;
export const AncestorFragmentDoc = new TypedDocumentString(`
    fragment Ancestor on Version {
  ...Named
  wrong
  attributes
  statements {
    place
    kind
    reason
    commit {
      seq
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
}`, {"fragmentName":"Ancestor"}) as unknown as TypedDocumentString<AncestorFragment, unknown>;
export const ModelUpstreamDocument = new TypedDocumentString(`
    query ModelUpstream($seq: Seq!, $start: ID!, $vs: ID!, $compare: Boolean!) {
  at(asOf: {seq: $seq}) {
    upstream: lineageSummary(from: [$start], direction: UP, groupBy: [KIND]) {
      info {
        complete
        incompleteReason
      }
      total {
        ...UpstreamCount
      }
      groups(first: 20) {
        totalCount
        nodes {
          ...UpstreamCount
        }
      }
    }
    other: lineageSummary(from: [$vs], direction: UP, groupBy: [KIND]) @include(if: $compare) {
      info {
        complete
        incompleteReason
      }
      total {
        ...UpstreamCount
      }
      groups(first: 20) {
        totalCount
        nodes {
          ...UpstreamCount
        }
      }
    }
    version(id: $vs) @include(if: $compare) {
      ...ComparedModel
    }
    difference: lineageDiff(
      a: $start
      b: $vs
      keepOnly: {kinds: [SOURCE, LABEL, DERIVED, BUNDLE]}
    ) @include(if: $compare) {
      commonCount
      changed(first: 25) {
        totalCount
        nodes {
          a {
            ...Ancestor
          }
          b {
            ...Ancestor
          }
        }
      }
      onlyInA(first: 10) {
        totalCount
        nodes {
          ...Ancestor
        }
      }
      onlyInB(first: 10) {
        totalCount
        nodes {
          ...Ancestor
        }
      }
    }
  }
}
    fragment UpstreamCount on LineageCount {
  kind
  versionCount
  itemCount
  wrongCount
}
fragment ComparedModel on Version {
  hash
  number
  attributes
  activity {
    name
    codeReference
    parameters
  }
  item {
    hash
    namespace
    kind
    key
  }
}
fragment Ancestor on Version {
  ...Named
  wrong
  attributes
  statements {
    place
    kind
    reason
    commit {
      seq
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
}`) as unknown as TypedDocumentString<ModelUpstreamQuery, ModelUpstreamQueryVariables>;