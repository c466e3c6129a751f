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

export type ModelQueryVariables = Exact<{
  seq: string;
  ref: string;
  start: string | number;
}>;


export type ModelQuery = { at: { resolve: { hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, isHead: boolean, wrong: boolean, attributes: unknown, tags: Array<{ name: string }>, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, activity: { name: string, codeReference: string | null, parameters: unknown, startedAt: string | null, endedAt: string | null } | null, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string, history: { totalCount: number, nodes: Array<{ hash: string, number: number, committedAt: string, isHead: boolean, wrong: boolean, tags: Array<{ name: string }>, sources: { nodes: Array<{ role: string, source: { hash: string, number: number, freshness: { wrongCount: number } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }> } }, sources: { totalCount: number, nodes: Array<{ role: string, source: { wrong: boolean, hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null, sets: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, edges: Array<{ depth: number, node: { hash: string, number: number, seq: string, committedAt: string, wrong: boolean, memberCount: number | null, completeManifest: boolean | null, tags: Array<{ name: string }>, freshness: { memberCount: number, wrongCount: number, supersededCount: number, sound: boolean } | null, item: { namespace: string, kind: Types.ItemKind, key: string, head: { hash: string, number: number, freshness: { wrongCount: number, sound: boolean } | null } } } }> } | null, runs: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, edges: Array<{ depth: number, node: { isHead: boolean, wrong: boolean, committedAt: string, attributes: unknown, hash: string, number: number, tags: Array<{ name: string }>, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } | null } };

export type ModelWrongQueryVariables = Exact<{
  seq: string;
  set: string;
  after?: string | null | undefined;
}>;


export type ModelWrongQuery = { at: { resolve: { hash: string, number: number, staleMembers: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ inclusion: Types.Inclusion, status: Types.AffectedStatus, pinned: { attributes: unknown, hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, wrong: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, replacement: { hash: string, number: number, attributes: unknown } | null, statement: { kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string } } | null }> } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } | null } };

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
export const ModelDocument = new TypedDocumentString(`
    query Model($seq: Seq!, $ref: String!, $start: ID!) {
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
        startedAt
        endedAt
      }
      item {
        hash
        namespace
        kind
        key
        history(last: 10) {
          totalCount
          nodes {
            hash
            number
            committedAt
            isHead
            wrong
            tags {
              name
            }
            sources(first: 5) {
              nodes {
                role
                source {
                  ...Named
                  freshness {
                    wrongCount
                  }
                }
              }
            }
          }
        }
      }
      sources(first: 20) {
        totalCount
        nodes {
          role
          source {
            ...Named
            wrong
          }
        }
      }
    }
    sets: lineage(
      from: [$start]
      direction: UP
      keepOnly: {kinds: [TRAINING_SET]}
      stopAt: {kinds: [TRAINING_SET]}
      first: 20
    ) {
      totalCount
      info {
        complete
        incompleteReason
      }
      edges {
        depth
        node {
          hash
          number
          seq
          committedAt
          wrong
          memberCount
          completeManifest
          tags {
            name
          }
          freshness {
            memberCount
            wrongCount
            supersededCount
            sound
          }
          item {
            namespace
            kind
            key
            head {
              hash
              number
              freshness {
                wrongCount
                sound
              }
            }
          }
        }
      }
    }
    runs: lineage(
      from: [$start]
      direction: DOWN
      keepOnly: {kinds: [MODEL, EVALUATION, DEPLOYMENT]}
      stopAt: {kinds: [TRAINING_SET]}
      first: 50
    ) {
      totalCount
      info {
        complete
        incompleteReason
      }
      edges {
        depth
        node {
          ...Named
          isHead
          wrong
          committedAt
          attributes
          tags {
            name
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
}`) as unknown as TypedDocumentString<ModelQuery, ModelQueryVariables>;
export const ModelWrongDocument = new TypedDocumentString(`
    query ModelWrong($seq: Seq!, $set: String!, $after: String) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $set) {
      ...Named
      staleMembers(first: 25, after: $after) {
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
}`) as unknown as TypedDocumentString<ModelWrongQuery, ModelWrongQueryVariables>;
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