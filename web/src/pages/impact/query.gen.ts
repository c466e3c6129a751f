// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** A moment. Give exactly one field. */
export type AsOf =
  {   /** The state after this commit, given by its id. */
  commit: string | number; seq?: never; time?: never; }
  |  { commit?: never;   /** The state after the commit with this seq; 0 is the empty store. */
  seq: string; time?: never; }
  |  { commit?: never; seq?: never;   /** The state after the last commit at or before this time. */
  time: string; };

/**
 * A filter over wrong versions. All given fields must match; an absent field matches everything;
 * an empty list matches nothing.
 */
export type CorrectionFilter = {
  /** Versions that are wrong by a statement of one of these kinds: CORRECTS, RETRACTS. */
  causes?: Array<StatementKind> | null | undefined;
  /** Versions made wrong by this commit or a later one. */
  fromSeq?: string | null | undefined;
  /** Versions of items whose key starts with this text. */
  keyPrefix?: string | null | undefined;
  /** Versions of items of one of these kinds. */
  kinds?: Array<ItemKind> | null | undefined;
  /** Versions of items in one of these namespaces. */
  namespaces?: Array<string> | null | undefined;
  /** Versions made wrong by this commit or an earlier one. */
  toSeq?: string | null | undefined;
};

/** The way in which a training set, model, evaluation or deployment includes something wrong. */
export type Inclusion =
  /**
   * Connected only by a derivation of the set as one unit, because the set's manifest is
   * incomplete.
   */
  | 'COARSE'
  /** A member was made from it. */
  | 'DERIVED'
  /** The wrong version itself is a member. */
  | 'DIRECT'
  /** The version is wrong itself: it was retracted or corrected. */
  | 'SELF';

/** The reason that an answer is incomplete. */
export type IncompleteReason =
  /** There is more beyond the requested depth. */
  | 'DEPTH'
  /** The maximum number of derivations per request was followed. */
  | 'EDGES'
  /** The maximum number of versions per request was visited. */
  | 'NODES'
  /** The time limit of the request was reached. */
  | 'TIME';

/** The role of an item in lineage. */
export type ItemKind =
  /** Versions that belong together, such as an image and its labels; derived from each of them. */
  | 'BUNDLE'
  /** A deployment of a model. */
  | 'DEPLOYMENT'
  /** Computed data: a crop, a feature, an augmentation, a pseudo-label. */
  | 'DERIVED'
  /** An evaluation of a model. */
  | 'EVALUATION'
  /** A label of a source. */
  | 'LABEL'
  /** A trained model. */
  | 'MODEL'
  /** A class list. */
  | 'ONTOLOGY'
  /** Raw data: an image, a recording, a document. */
  | 'SOURCE'
  /** A training set, which pins member versions. */
  | 'TRAINING_SET';

/** The verdict of a statement about its version. */
export type StatementKind =
  /** It was wrong, and another version replaces it. */
  | 'CORRECTS'
  /** Its content was removed permanently. */
  | 'PURGES'
  /** The version was not wrong after all. */
  | 'REINSTATES'
  /** The version was wrong, without a replacement. */
  | 'RETRACTS';

/** The versions that may be wrong. Give exactly one field. */
export type WrongInput =
  {   /** Everything that is wrong and matches this filter; `{}` matches everything. */
  all: CorrectionFilter; commit?: never; items?: never; versions?: never; }
  |  { all?: never;   /**
   * The versions that one commit, such as a campaign of corrections, stated to be wrong, as
   * `commit:12`, unless the statement was withdrawn since. A statement that another commit
   * repeated belongs to that commit. Withdrawn statements are listed in `asked`.
   */
  commit: string | number; items?: never; versions?: never; }
  |  { all?: never; commit?: never;   /**
   * All wrong versions of these items, by id or `namespace/KIND/key`. Items without one are
   * listed in `asked`.
   */
  items: Array<string | number>; versions?: never; }
  |  { all?: never; commit?: never; items?: never;   /**
   * These versions, by id or reference: `ns/LABEL/key` is the head of the item. Those that are
   * not wrong have no rows, and are listed in `asked`.
   */
  versions: Array<string | number>; };

export type ImpactModelsQueryVariables = Exact<{
  seq: string;
  known?: Types.AsOf | null | undefined;
  wrong: Types.WrongInput;
  heads: boolean;
  tagged?: Array<string> | string | null | undefined;
  restored: boolean;
  after?: string | null | undefined;
}>;


export type ImpactModelsQuery = { at: { affectedConsumers: { totalCount: number, info: { seq: string, complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, asked: { wrongCount: number, notWrongCount: number }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ isHead: boolean, inclusion: Types.Inclusion, wrongCount: number, staleAtBuild: boolean, consumer: { hash: string, number: number, committedAt: string, item: { namespace: string, kind: Types.ItemKind, key: string } }, tags: Array<{ name: string }>, fixedIn: { number: number } | null, through: { totalCount: number, nodes: Array<{ number: number, memberCount: number | null, item: { namespace: string, kind: Types.ItemKind, key: string } }> } }> } | null } };

export type ImpactSetsQueryVariables = Exact<{
  seq: string;
  known?: Types.AsOf | null | undefined;
  wrong: Types.WrongInput;
  heads: boolean;
  tagged?: Array<string> | string | null | undefined;
  restored: boolean;
  after?: string | null | undefined;
}>;


export type ImpactSetsQuery = { at: { affectedTrainingSets: { totalCount: number, info: { seq: string, complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, asked: { wrongCount: number, notWrongCount: number }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ isHead: boolean, affectedCount: number, memberCount: number, affectedFraction: number, staleAtBuild: boolean, trainingSet: { hash: string, number: number, committedAt: string, item: { namespace: string, kind: Types.ItemKind, key: string } }, tags: Array<{ name: string }>, fixedIn: { number: number } | null, consumers: { totalCount: number, nodes: Array<{ number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }> } }> } | null } };

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
    query ImpactModels($seq: Seq!, $known: AsOf, $wrong: WrongInput!, $heads: Boolean!, $tagged: [String!], $restored: Boolean!, $after: String) {
  at(asOf: {seq: $seq}) {
    affectedConsumers(
      wrong: $wrong
      knowledgeAt: $known
      onlyHeads: $heads
      tagged: $tagged
      includeRestored: $restored
      first: 50
      after: $after
    ) {
      totalCount
      info {
        seq
        complete
        incompleteReason
        resume
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
        consumer {
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
            number
            memberCount
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
    `) as unknown as TypedDocumentString<ImpactModelsQuery, ImpactModelsQueryVariables>;
export const ImpactSetsDocument = new TypedDocumentString(`
    query ImpactSets($seq: Seq!, $known: AsOf, $wrong: WrongInput!, $heads: Boolean!, $tagged: [String!], $restored: Boolean!, $after: String) {
  at(asOf: {seq: $seq}) {
    affectedTrainingSets(
      wrong: $wrong
      knowledgeAt: $known
      onlyHeads: $heads
      tagged: $tagged
      includeRestored: $restored
      first: 50
      after: $after
    ) {
      totalCount
      info {
        seq
        complete
        incompleteReason
        resume
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