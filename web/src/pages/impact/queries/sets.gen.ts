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

export type ImpactSetsQueryVariables = Exact<{
  seq: string;
  known?: Types.AsOf | null | undefined;
  wrong: Types.WrongInput;
  heads: boolean;
  tagged?: Array<string> | string | null | undefined;
  restored: boolean;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ImpactSetsQuery = { at: { affectedTrainingSets: { totalCount: number, info: { seq: string, complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null, done: number | null }, asked: { wrongCount: number, notWrongCount: number }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ cursor: string }>, nodes: Array<{ isHead: boolean, affectedCount: number, memberCount: number, affectedFraction: number, staleAtBuild: boolean, trainingSet: { hash: string, number: number, committedAt: string, item: { namespace: string, kind: Types.ItemKind, key: string } }, tags: Array<{ name: string }>, fixedIn: { number: number } | null, consumers: { totalCount: number, nodes: Array<{ number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }> } }> } | null } };

export type ImpactMembersQueryVariables = Exact<{
  seq: string;
  known?: Types.AsOf | null | undefined;
  wrong: Types.WrongInput;
  heads: boolean;
  tagged?: Array<string> | string | null | undefined;
  restored: boolean;
  before?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ImpactMembersQuery = { at: { affectedTrainingSets: { nodes: Array<{ trainingSet: { hash: string }, members: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ inclusion: Types.Inclusion, status: Types.AffectedStatus, pinned: { attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, wrong: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, replacement: { hash: string, number: number, attributes: unknown } | null, statement: { kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string } } | null }> } }> } | null } };

export type AffectedMemberRowFragment = { inclusion: Types.Inclusion, status: Types.AffectedStatus, pinned: { attributes: unknown, hash: string, number: number, mediaType: string | null, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { mediaType: string | null, hash: string, number: number, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }, wrong: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, replacement: { hash: string, number: number, attributes: unknown } | null, statement: { kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string } } | null };

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
export const AffectedMemberRowFragmentDoc = new TypedDocumentString(`
    fragment AffectedMemberRow on AffectedMember {
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
}`, {"fragmentName":"AffectedMemberRow"}) as unknown as TypedDocumentString<AffectedMemberRowFragment, unknown>;
export const ImpactSetsDocument = new TypedDocumentString(`
    query ImpactSets($seq: Seq!, $known: AsOf, $wrong: WrongInput!, $heads: Boolean!, $tagged: [String!], $restored: Boolean!, $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    affectedTrainingSets(
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
      edges {
        cursor
      }
      nodes {
        trainingSet {
          hash
          number
          committedAt
          item {
            namespace
            kind
            key
          }
        }
        isHead
        tags {
          name
        }
        affectedCount
        memberCount
        affectedFraction
        staleAtBuild
        fixedIn {
          number
        }
        consumers(first: 3) {
          totalCount
          nodes {
            number
            item {
              namespace
              kind
              key
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ImpactSetsQuery, ImpactSetsQueryVariables>;
export const ImpactMembersDocument = new TypedDocumentString(`
    query ImpactMembers($seq: Seq!, $known: AsOf, $wrong: WrongInput!, $heads: Boolean!, $tagged: [String!], $restored: Boolean!, $before: String, $first: Int = 25, $after: String) {
  at(asOf: {seq: $seq}) {
    affectedTrainingSets(
      wrong: $wrong
      knowledgeAt: $known
      onlyHeads: $heads
      tagged: $tagged
      includeRestored: $restored
      first: 1
      after: $before
    ) {
      nodes {
        trainingSet {
          hash
        }
        members(first: $first, after: $after) {
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
            ...AffectedMemberRow
          }
        }
      }
    }
  }
}
    fragment AffectedMemberRow on AffectedMember {
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
}`) as unknown as TypedDocumentString<ImpactMembersQuery, ImpactMembersQueryVariables>;