// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type DiffEndsQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
}>;


export type DiffEndsQuery = { at: { a: { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, wrong: boolean, isHead: boolean, mediaType: string | null, attributes: unknown, memberCount: number | null, tags: Array<{ name: string }>, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, path: string, size: string } | null, activity: { name: string, codeReference: string | null, parameters: unknown } | null, ontology: { number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }> } | null, b: { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, wrong: boolean, isHead: boolean, mediaType: string | null, attributes: unknown, memberCount: number | null, tags: Array<{ name: string }>, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, path: string, size: string } | null, activity: { name: string, codeReference: string | null, parameters: unknown } | null, ontology: { number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }> } | null } };

export type DiffEndFragment = { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, wrong: boolean, isHead: boolean, mediaType: string | null, attributes: unknown, memberCount: number | null, tags: Array<{ name: string }>, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, path: string, size: string } | null, activity: { name: string, codeReference: string | null, parameters: unknown } | null, ontology: { number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }> };

export type DiffMembersQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
  paths?: Array<string> | string | null | undefined;
  after?: string | null | undefined;
  isAdded: boolean;
  isRemoved: boolean;
  isRepinned: boolean;
}>;


export type DiffMembersQuery = { at: { trainingSetDiff: { addedCount: { totalCount: number }, removedCount: { totalCount: number }, repinnedCount: { totalCount: number }, added?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, sources: { nodes: Array<{ source: { number: number, mediaType: string | null, hash: string, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, payload: { digest: string, size: string } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null } }> }, removed?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, sources: { nodes: Array<{ source: { number: number, mediaType: string | null, hash: string, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, payload: { digest: string, size: string } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null } }> }, repinned?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ before: { split: string, weight: number | null, version: { hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null } }, after: { split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, sources: { nodes: Array<{ source: { number: number, mediaType: string | null, hash: string, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, payload: { digest: string, size: string } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null } } }> }, summary: { totalCount: number, nodes: Array<{ split: string | null, addedCount: number, removedCount: number, values: Array<{ exists: boolean, value: unknown }> }> } } | null } };

export type DiffSplitQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
  split: string;
  after?: string | null | undefined;
  isAdded: boolean;
  isRemoved: boolean;
}>;


export type DiffSplitQuery = { at: { trainingSetDiff: { addedCount: { totalCount: number }, removedCount: { totalCount: number }, added?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, sources: { nodes: Array<{ source: { number: number, mediaType: string | null, hash: string, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, payload: { digest: string, size: string } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null } }> }, removed?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ split: string, weight: number | null, version: { mediaType: string | null, hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, sources: { nodes: Array<{ source: { number: number, mediaType: string | null, hash: string, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, payload: { digest: string, size: string } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null } }> } } | null } };

export type DiffMemberFragment = { split: string, weight: number | null, version: { hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null } };

export type DiffVersionFragment = { hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null };

export type DiffPicturedFragment = { mediaType: string | null, sources: { nodes: Array<{ source: { number: number, mediaType: string | null, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } };

export type DiffStatementFragment = { place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } };

export type DiffProvenanceQueryVariables = Exact<{
  seq: string;
  a: string | number;
  b: string | number;
  keep?: Types.VersionFilter | null | undefined;
  after?: string | null | undefined;
  isAdded: boolean;
  isRemoved: boolean;
  isRepinned: boolean;
}>;


export type DiffProvenanceQuery = { at: { lineageDiff: { commonCount: number, addedCount: { totalCount: number }, removedCount: { totalCount: number }, repinnedCount: { totalCount: number }, added?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null }> }, removed?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null }> }, repinned?: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ a: { hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null }, b: { hash: string, number: number, seq: string, author: string, message: string | null, wrong: boolean, attributes: unknown, payload: { digest: string, size: string } | null, sources: { nodes: Array<{ source: { hash: string } }> }, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }>, parent: { statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { hash: string } | null, commit: { seq: string } }> } | null } }> } } | null } };

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
export const DiffEndFragmentDoc = new TypedDocumentString(`
    fragment DiffEnd on Version {
  hash
  number
  seq
  committedAt
  author
  message
  wrong
  isHead
  mediaType
  attributes
  memberCount
  tags {
    name
  }
  item {
    hash
    namespace
    kind
    key
  }
  payload {
    digest
    path
    size
  }
  activity {
    name
    codeReference
    parameters
  }
  ontology {
    number
    item {
      namespace
      kind
      key
    }
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
}
    `, {"fragmentName":"DiffEnd"}) as unknown as TypedDocumentString<DiffEndFragment, unknown>;
export const DiffStatementFragmentDoc = new TypedDocumentString(`
    fragment DiffStatement on Statement {
  place
  kind
  reason
  author
  by {
    hash
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
  sources(first: 1) {
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
  sources(first: 1) {
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
  }
  commit {
    seq
  }
}`, {"fragmentName":"DiffMember"}) as unknown as TypedDocumentString<DiffMemberFragment, unknown>;
export const DiffPicturedFragmentDoc = new TypedDocumentString(`
    fragment DiffPictured on Version {
  mediaType
  sources(first: 1) {
    nodes {
      source {
        number
        mediaType
        payload {
          digest
          size
        }
        item {
          namespace
          kind
          key
        }
      }
    }
  }
}
    `, {"fragmentName":"DiffPictured"}) as unknown as TypedDocumentString<DiffPicturedFragment, unknown>;
export const DiffEndsDocument = new TypedDocumentString(`
    query DiffEnds($seq: Seq!, $a: ID!, $b: ID!) {
  at(asOf: {seq: $seq}) {
    a: version(id: $a) {
      ...DiffEnd
    }
    b: version(id: $b) {
      ...DiffEnd
    }
  }
}
    fragment DiffEnd on Version {
  hash
  number
  seq
  committedAt
  author
  message
  wrong
  isHead
  mediaType
  attributes
  memberCount
  tags {
    name
  }
  item {
    hash
    namespace
    kind
    key
  }
  payload {
    digest
    path
    size
  }
  activity {
    name
    codeReference
    parameters
  }
  ontology {
    number
    item {
      namespace
      kind
      key
    }
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
}`) as unknown as TypedDocumentString<DiffEndsQuery, DiffEndsQueryVariables>;
export const DiffMembersDocument = new TypedDocumentString(`
    query DiffMembers($seq: Seq!, $a: ID!, $b: ID!, $paths: [String!], $after: String, $isAdded: Boolean!, $isRemoved: Boolean!, $isRepinned: Boolean!) {
  at(asOf: {seq: $seq}) {
    trainingSetDiff(a: $a, b: $b) {
      addedCount: added(first: 0) {
        totalCount
      }
      removedCount: removed(first: 0) {
        totalCount
      }
      repinnedCount: repinned(first: 0) {
        totalCount
      }
      added(first: 30, after: $after) @include(if: $isAdded) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffMember
          version {
            ...DiffPictured
          }
        }
      }
      removed(first: 30, after: $after) @include(if: $isRemoved) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffMember
          version {
            ...DiffPictured
          }
        }
      }
      repinned(first: 30, after: $after) @include(if: $isRepinned) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          before {
            ...DiffMember
          }
          after {
            ...DiffMember
            version {
              ...DiffPictured
            }
          }
        }
      }
      summary(groupBy: [SPLIT], attributes: $paths, first: 100) {
        totalCount
        nodes {
          split
          addedCount
          removedCount
          values {
            exists
            value
          }
        }
      }
    }
  }
}
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
  sources(first: 1) {
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
fragment DiffPictured on Version {
  mediaType
  sources(first: 1) {
    nodes {
      source {
        number
        mediaType
        payload {
          digest
          size
        }
        item {
          namespace
          kind
          key
        }
      }
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
  }
  commit {
    seq
  }
}`) as unknown as TypedDocumentString<DiffMembersQuery, DiffMembersQueryVariables>;
export const DiffSplitDocument = new TypedDocumentString(`
    query DiffSplit($seq: Seq!, $a: ID!, $b: ID!, $split: String!, $after: String, $isAdded: Boolean!, $isRemoved: Boolean!) {
  at(asOf: {seq: $seq}) {
    trainingSetDiff(a: $a, b: $b) {
      addedCount: versionsAdded(first: 0, split: $split) {
        totalCount
      }
      removedCount: versionsRemoved(first: 0, split: $split) {
        totalCount
      }
      added: versionsAdded(first: 30, after: $after, split: $split) @include(if: $isAdded) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffMember
          version {
            ...DiffPictured
          }
        }
      }
      removed: versionsRemoved(first: 30, after: $after, split: $split) @include(if: $isRemoved) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffMember
          version {
            ...DiffPictured
          }
        }
      }
    }
  }
}
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
  sources(first: 1) {
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
fragment DiffPictured on Version {
  mediaType
  sources(first: 1) {
    nodes {
      source {
        number
        mediaType
        payload {
          digest
          size
        }
        item {
          namespace
          kind
          key
        }
      }
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
  }
  commit {
    seq
  }
}`) as unknown as TypedDocumentString<DiffSplitQuery, DiffSplitQueryVariables>;
export const DiffProvenanceDocument = new TypedDocumentString(`
    query DiffProvenance($seq: Seq!, $a: ID!, $b: ID!, $keep: VersionFilter, $after: String, $isAdded: Boolean!, $isRemoved: Boolean!, $isRepinned: Boolean!) {
  at(asOf: {seq: $seq}) {
    lineageDiff(a: $a, b: $b, keepOnly: $keep) {
      commonCount
      addedCount: onlyInB(first: 0) {
        totalCount
      }
      removedCount: onlyInA(first: 0) {
        totalCount
      }
      repinnedCount: changed(first: 0) {
        totalCount
      }
      added: onlyInB(first: 30, after: $after) @include(if: $isAdded) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffVersion
        }
      }
      removed: onlyInA(first: 30, after: $after) @include(if: $isRemoved) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...DiffVersion
        }
      }
      repinned: changed(first: 30, after: $after) @include(if: $isRepinned) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          a {
            ...DiffVersion
          }
          b {
            ...DiffVersion
          }
        }
      }
    }
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
  sources(first: 1) {
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
  }
  commit {
    seq
  }
}`) as unknown as TypedDocumentString<DiffProvenanceQuery, DiffProvenanceQueryVariables>;