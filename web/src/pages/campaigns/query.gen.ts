// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type CampaignsQueryVariables = Exact<{
  seq: string;
  before?: string | null | undefined;
}>;


export type CampaignsQuery = { at: { commits: { totalCount: number, nodes: Array<{ seq: string, time: string, author: string, message: string | null }>, pageInfo: { hasPreviousPage: boolean } } } };

export type RepairsFragment = { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } };

export type RepairsQueryVariables = Exact<{
  seq: string;
  c0: string | number;
  c1: string | number;
  c2: string | number;
  c3: string | number;
  c4: string | number;
  c5: string | number;
  c6: string | number;
  c7: string | number;
  c8: string | number;
  c9: string | number;
  n1: boolean;
  n2: boolean;
  n3: boolean;
  n4: boolean;
  n5: boolean;
  n6: boolean;
  n7: boolean;
  n8: boolean;
  n9: boolean;
}>;


export type RepairsQuery = { at: { c0: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null, c1?: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null, c2?: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null, c3?: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null, c4?: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null, c5?: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null, c6?: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null, c7?: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null, c8?: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null, c9?: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, commit: { seq: string, time: string, author: string, message: string | null } } | null } };

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
export const RepairsFragmentDoc = new TypedDocumentString(`
    fragment Repairs on Campaign {
  commit {
    seq
    time
    author
    message
  }
  wrongCount
  setCount
  refreshedCount
  trainedCount
  evaluatedCount
  deployedCount
  doneCount
}
    `, {"fragmentName":"Repairs"}) as unknown as TypedDocumentString<RepairsFragment, unknown>;
export const CampaignsDocument = new TypedDocumentString(`
    query Campaigns($seq: Seq!, $before: Seq) {
  at(asOf: {seq: $seq}) {
    commits(filter: {hasStatements: true}, last: 10, before: $before) {
      totalCount
      nodes {
        seq
        time
        author
        message
      }
      pageInfo {
        hasPreviousPage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CampaignsQuery, CampaignsQueryVariables>;
export const RepairsDocument = new TypedDocumentString(`
    query Repairs($seq: Seq!, $c0: ID!, $c1: ID!, $c2: ID!, $c3: ID!, $c4: ID!, $c5: ID!, $c6: ID!, $c7: ID!, $c8: ID!, $c9: ID!, $n1: Boolean!, $n2: Boolean!, $n3: Boolean!, $n4: Boolean!, $n5: Boolean!, $n6: Boolean!, $n7: Boolean!, $n8: Boolean!, $n9: Boolean!) {
  at(asOf: {seq: $seq}) {
    c0: campaign(commit: $c0) {
      ...Repairs
    }
    c1: campaign(commit: $c1) @include(if: $n1) {
      ...Repairs
    }
    c2: campaign(commit: $c2) @include(if: $n2) {
      ...Repairs
    }
    c3: campaign(commit: $c3) @include(if: $n3) {
      ...Repairs
    }
    c4: campaign(commit: $c4) @include(if: $n4) {
      ...Repairs
    }
    c5: campaign(commit: $c5) @include(if: $n5) {
      ...Repairs
    }
    c6: campaign(commit: $c6) @include(if: $n6) {
      ...Repairs
    }
    c7: campaign(commit: $c7) @include(if: $n7) {
      ...Repairs
    }
    c8: campaign(commit: $c8) @include(if: $n8) {
      ...Repairs
    }
    c9: campaign(commit: $c9) @include(if: $n9) {
      ...Repairs
    }
  }
}
    fragment Repairs on Campaign {
  commit {
    seq
    time
    author
    message
  }
  wrongCount
  setCount
  refreshedCount
  trainedCount
  evaluatedCount
  deployedCount
  doneCount
}`) as unknown as TypedDocumentString<RepairsQuery, RepairsQueryVariables>;