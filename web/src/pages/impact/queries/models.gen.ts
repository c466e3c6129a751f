// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AsOf =
  {   commit: string | number; seq?: never; time?: never; }
  |  { commit?: never;   seq: string; time?: never; }
  |  { commit?: never; seq?: never;   time: string; };

export type CorrectionFilter = {
  causes?: Array<StatementKind> | null | undefined;
  fromSeq?: string | null | undefined;
  keyPrefix?: string | null | undefined;
  kinds?: Array<ItemKind> | null | undefined;
  namespaces?: Array<string> | null | undefined;
  toSeq?: string | null | undefined;
};

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

export type WrongInput =
  {   all: CorrectionFilter; commit?: never; items?: never; versions?: never; }
  |  { all?: never;   commit: string | number; items?: never; versions?: never; }
  |  { all?: never; commit?: never;   items: Array<string | number>; versions?: never; }
  |  { all?: never; commit?: never; items?: never;   versions: Array<string | number>; };

export type ImpactModelsQueryVariables = Exact<{
  seq: string;
  known?: Types.AsOf | null | undefined;
  wrong: Types.WrongInput;
  heads: boolean;
  tagged?: Array<string> | string | null | undefined;
  restored: boolean;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ImpactModelsQuery = { at: { affectedConsumers: { totalCount: number, info: { seq: string, complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null, done: number | null }, asked: { wrongCount: number, notWrongCount: number }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ inclusion: Types.Inclusion, wrongCount: number, staleAtBuild: boolean, consumer: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, tags: Array<{ name: string }>, fixedIn: { number: number } | null, through: { totalCount: number, nodes: Array<{ memberCount: number | null, hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }> } }> } | null } };

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

export const ImpactModelsDocument = new TypedDocumentString(`
    query ImpactModels($seq: Seq!, $known: AsOf, $wrong: WrongInput!, $heads: Boolean!, $tagged: [String!], $restored: Boolean!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    affectedConsumers(
      wrong: $wrong
      knowledgeAt: $known
      onlyHeads: $heads
      tagged: $tagged
      includeRestored: $restored
      first: $first
      after: $after
    ) {
      totalCount
      info {
        seq
        complete
        incompleteReason
        resume
        done
      }
      asked {
        wrongCount
        notWrongCount
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...AffectedRow
      }
    }
  }
}
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
}`) as unknown as TypedDocumentString<ImpactModelsQuery, ImpactModelsQueryVariables>;