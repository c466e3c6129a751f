// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The present state of an item with a wrong version. */
export type AffectedStatus =
  /** The label is not wrong, but the meaning of a class that it uses has changed. */
  | 'ONTOLOGY_STALE'
  /** The item's head has the same content again. */
  | 'RESTORED'
  /** Nothing replaced it. */
  | 'RETRACTED'
  /** Another version replaced it. */
  | 'STALE';

/**
 * A condition on an attribute. All given tests must hold. Numbers compare by value, texts by code
 * points, so that RFC 3339 times with the same offset compare by time. A bound matches values of
 * its own type only.
 */
export type AttributeFilter = {
  /** Greater than this number or text. */
  above?: unknown;
  /** Greater than or equal to this number or text; a text of at most 64 bytes. */
  atLeast?: unknown;
  /** Less than or equal to this number or text. */
  atMost?: unknown;
  /** Less than this number or text. */
  below?: unknown;
  /** Equal to this complete value; null matches null. */
  equals?: unknown;
  /** True: the path has a value, null included. False: it has none. */
  exists?: boolean | null | undefined;
  /** Equal to one of these complete values; at most 10,000. */
  in?: Array<unknown> | null | undefined;
  /**
   * The path of the attribute: names from the outside in, separated by dots. A dot in a name is
   * written `\.`.
   */
  path: string;
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

/** The identity of an item: namespace, kind and key. The same three always name the same item. */
export type ItemKey = {
  /** The name within namespace and kind: 1 to 512 bytes, such as `tiles/berlin/0012`. */
  key: string;
  /** The kind of the item. */
  kind: ItemKind;
  /** The namespace of the key: 1 to 63 of `a-z`, `0-9`, `.`, `_` and `-`. */
  namespace?: string;
};

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

/**
 * A filter over versions. All given fields must match; an absent field matches everything; an
 * empty list matches nothing.
 */
export type VersionFilter = {
  /** Versions that match this condition. */
  attribute?: AttributeFilter | null | undefined;
  /** Versions that match all of these conditions; at most 32. */
  attributes?: Array<AttributeFilter> | null | undefined;
  /** True: current versions of their items. False: the others. */
  isHead?: boolean | null | undefined;
  /** Versions of items whose key starts with this text. */
  keyPrefix?: string | null | undefined;
  /** Versions of items of one of these kinds. */
  kinds?: Array<ItemKind> | null | undefined;
  /** Versions of items in one of these namespaces. */
  namespaces?: Array<string> | null | undefined;
  /** Versions with one of these tags. */
  tags?: Array<string> | null | undefined;
  /** True: versions that are wrong. False: the others. */
  wrong?: boolean | null | undefined;
};

export type SetQueryVariables = Exact<{
  seq: string;
  ref: string;
}>;


export type SetQuery = { at: { resolve: { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, isHead: boolean, wrong: boolean, attributes: unknown, memberCount: number | null, flatMemberCount: number | null, completeManifest: boolean | null, derivativeCount: number, memberOfCount: number, tags: Array<{ name: string }>, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, activity: { name: string, codeReference: string | null, parameters: unknown } | null, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, freshness: { memberCount: number, wrongCount: number, supersededCount: number, sound: boolean, fresh: boolean } | null, memberSummary: { groups: { totalCount: number, nodes: Array<{ split: string | null, kind: Types.ItemKind | null, versionCount: number, wrongCount: number }> } } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ hash: string, number: number, committedAt: string, memberCount: number | null, isHead: boolean, wrong: boolean, tags: Array<{ name: string }>, freshness: { wrongCount: number } | null }> } } } | null } };

export type SetMembersQueryVariables = Exact<{
  seq: string;
  ref: string;
  split?: string | null | undefined;
  filter?: Types.VersionFilter | null | undefined;
  flat: boolean;
  after?: string | null | undefined;
}>;


export type SetMembersQuery = { at: { resolve: { members?: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { wrong: boolean, isHead: boolean, mediaType: string | null, attributes: unknown, hash: string, number: number, payload: { digest: string, path: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { hash: string, mediaType: string | null, item: { kind: Types.ItemKind }, payload: { digest: string, path: string, size: string } | null } }> }, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } | null, flatMembers?: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { wrong: boolean, isHead: boolean, mediaType: string | null, attributes: unknown, hash: string, number: number, payload: { digest: string, path: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { hash: string, mediaType: string | null, item: { kind: Types.ItemKind }, payload: { digest: string, path: string, size: string } | null } }> }, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } | null } | null } };

export type MemberPageFragment = { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { wrong: boolean, isHead: boolean, mediaType: string | null, attributes: unknown, hash: string, number: number, payload: { digest: string, path: string, size: string } | null, sources: { nodes: Array<{ role: string, source: { hash: string, mediaType: string | null, item: { kind: Types.ItemKind }, payload: { digest: string, path: string, size: string } | null } }> }, item: { namespace: string, kind: Types.ItemKind, key: string } } }> };

export type SetClassesQueryVariables = Exact<{
  seq: string;
  ref: string;
  path?: Array<string> | string | null | undefined;
}>;


export type SetClassesQuery = { at: { resolve: { memberSummary: { info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, total: { versionCount: number }, groups: { totalCount: number, nodes: Array<{ split: string | null, versionCount: number, wrongCount: number, values: Array<{ path: string, exists: boolean, value: unknown }> }> } } | null } | null } };

export type SetWrongQueryVariables = Exact<{
  seq: string;
  ref: string;
  after?: string | null | undefined;
}>;


export type SetWrongQuery = { at: { resolve: { staleMembers: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ inclusion: Types.Inclusion, status: Types.AffectedStatus, pinned: { attributes: unknown, hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, wrong: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, replacement: { hash: string, number: number, attributes: unknown } | null, statement: { kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string } } | null }> } | null } | null } };

export type SetChangeQueryVariables = Exact<{
  seq: string;
  before: string | number;
  ref: string | number;
}>;


export type SetChangeQuery = { at: { trainingSetDiff: { added: { totalCount: number }, removed: { totalCount: number }, repinned: { totalCount: number } } | null } };

export type SetUsesQueryVariables = Exact<{
  seq: string;
  ref: string;
  after?: string | null | undefined;
}>;


export type SetUsesQuery = { at: { resolve: { derivatives: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ role: string, derived: { isHead: boolean, committedAt: string, hash: string, number: number, tags: Array<{ name: string }>, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, memberOf: { totalCount: number, nodes: Array<{ isHead: boolean, split: string | null, trainingSet: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null } };

export type SetRefreshMutationVariables = Exact<{
  item: Types.ItemKey;
}>;


export type SetRefreshMutation = { refreshTrainingSet: { dryRun: boolean, replacedCount: number, removedCount: number, unresolvedCount: number, mergedCount: number, version: { hash: string, number: number }, wrongItself: { kind: Types.StatementKind, reason: string } | null, replaced: Array<{ split: string, pinned: { attributes: unknown, hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, replacement: { hash: string, number: number, attributes: unknown } }>, removed: Array<{ hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }>, unresolved: Array<{ hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }> } };

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
export const MemberPageFragmentDoc = new TypedDocumentString(`
    fragment MemberPage on MemberConnection {
  totalCount
  info {
    complete
    incompleteReason
  }
  pageInfo {
    hasNextPage
    endCursor
  }
  nodes {
    split
    weight
    version {
      ...Named
      wrong
      isHead
      mediaType
      attributes
      payload {
        digest
        path
        size
      }
      sources(first: 2) {
        nodes {
          role
          source {
            hash
            mediaType
            item {
              kind
            }
            payload {
              digest
              path
              size
            }
          }
        }
      }
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
}`, {"fragmentName":"MemberPage"}) as unknown as TypedDocumentString<MemberPageFragment, unknown>;
export const SetDocument = new TypedDocumentString(`
    query Set($seq: Seq!, $ref: String!) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $ref) {
      hash
      number
      seq
      committedAt
      author
      message
      isHead
      wrong
      attributes
      memberCount
      flatMemberCount
      completeManifest
      derivativeCount
      memberOfCount
      tags {
        name
      }
      statements {
        place
        kind
        reason
        author
        commit {
          seq
        }
      }
      activity {
        name
        codeReference
        parameters
      }
      sources(first: 5) {
        totalCount
        nodes {
          role
          source {
            ...Named
          }
        }
      }
      freshness {
        memberCount
        wrongCount
        supersededCount
        sound
        fresh
      }
      memberSummary(groupBy: [SPLIT, KIND]) {
        groups(first: 50) {
          totalCount
          nodes {
            split
            kind
            versionCount
            wrongCount
          }
        }
      }
      item {
        hash
        namespace
        kind
        key
        history(last: 12) {
          totalCount
          nodes {
            hash
            number
            committedAt
            memberCount
            isHead
            wrong
            tags {
              name
            }
            freshness {
              wrongCount
            }
          }
        }
      }
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
}`) as unknown as TypedDocumentString<SetQuery, SetQueryVariables>;
export const SetMembersDocument = new TypedDocumentString(`
    query SetMembers($seq: Seq!, $ref: String!, $split: String, $filter: VersionFilter, $flat: Boolean!, $after: String) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $ref) {
      members(first: 48, split: $split, filter: $filter, after: $after) @skip(if: $flat) {
        ...MemberPage
      }
      flatMembers(first: 48, split: $split, filter: $filter, after: $after) @include(if: $flat) {
        ...MemberPage
      }
    }
  }
}
    fragment MemberPage on MemberConnection {
  totalCount
  info {
    complete
    incompleteReason
  }
  pageInfo {
    hasNextPage
    endCursor
  }
  nodes {
    split
    weight
    version {
      ...Named
      wrong
      isHead
      mediaType
      attributes
      payload {
        digest
        path
        size
      }
      sources(first: 2) {
        nodes {
          role
          source {
            hash
            mediaType
            item {
              kind
            }
            payload {
              digest
              path
              size
            }
          }
        }
      }
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
}`) as unknown as TypedDocumentString<SetMembersQuery, SetMembersQueryVariables>;
export const SetClassesDocument = new TypedDocumentString(`
    query SetClasses($seq: Seq!, $ref: String!, $path: [String!]) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $ref) {
      memberSummary(groupBy: [SPLIT], attributes: $path) {
        info {
          complete
          incompleteReason
        }
        total {
          versionCount
        }
        groups(first: 100) {
          totalCount
          nodes {
            split
            versionCount
            wrongCount
            values {
              path
              exists
              value
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SetClassesQuery, SetClassesQueryVariables>;
export const SetWrongDocument = new TypedDocumentString(`
    query SetWrong($seq: Seq!, $ref: String!, $after: String) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $ref) {
      staleMembers(first: 50, after: $after) {
        totalCount
        info {
          complete
          incompleteReason
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
    fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}
fragment StaleRow on StaleMember {
  inclusion
  status
  pinned {
    ...Named
    attributes
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
}`) as unknown as TypedDocumentString<SetWrongQuery, SetWrongQueryVariables>;
export const SetChangeDocument = new TypedDocumentString(`
    query SetChange($seq: Seq!, $before: ID!, $ref: ID!) {
  at(asOf: {seq: $seq}) {
    trainingSetDiff(a: $before, b: $ref) {
      added(first: 1) {
        totalCount
      }
      removed(first: 1) {
        totalCount
      }
      repinned(first: 1) {
        totalCount
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SetChangeQuery, SetChangeQueryVariables>;
export const SetUsesDocument = new TypedDocumentString(`
    query SetUses($seq: Seq!, $ref: String!, $after: String) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $ref) {
      derivatives(first: 50, after: $after) {
        totalCount
        info {
          complete
          incompleteReason
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          role
          derived {
            ...Named
            isHead
            committedAt
            tags {
              name
            }
          }
        }
      }
      memberOf(first: 20) {
        totalCount
        nodes {
          isHead
          split
          trainingSet {
            ...Named
          }
        }
      }
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
}`) as unknown as TypedDocumentString<SetUsesQuery, SetUsesQueryVariables>;
export const SetRefreshDocument = new TypedDocumentString(`
    mutation SetRefresh($item: ItemKey!) {
  refreshTrainingSet(input: {item: $item, dryRun: true}) {
    dryRun
    version {
      hash
      number
    }
    replacedCount
    removedCount
    unresolvedCount
    mergedCount
    wrongItself {
      kind
      reason
    }
    replaced {
      split
      pinned {
        ...Named
        attributes
      }
      replacement {
        hash
        number
        attributes
      }
    }
    removed {
      ...Named
    }
    unresolved {
      ...Named
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
}`) as unknown as TypedDocumentString<SetRefreshMutation, SetRefreshMutationVariables>;