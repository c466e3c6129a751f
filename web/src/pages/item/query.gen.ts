// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The change of a class from one class list to the next. */
export type ClassChangeKind =
  /** Several classes were merged into one. */
  | 'MERGE'
  /** The same name with another meaning. */
  | 'REDEFINE'
  /** The class has another name. Affects no label. */
  | 'RENAME'
  /** One class was split into several. */
  | 'SPLIT';

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

export type ItemQueryVariables = Exact<{
  seq: string;
  ref: string | number;
  before?: string | null | undefined;
}>;


export type ItemQuery = { at: { named: { number: number, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string, createdAt: string, head: { number: number }, tags: Array<{ name: string, alias: boolean, version: { number: number } }>, newest: { nodes: Array<{ number: number, wrong: boolean, ontologyChanges: Array<{ kind: Types.ClassChangeKind, from: Array<unknown> | null, to: Array<unknown> | null, classes: Array<unknown> }> }> }, history: { totalCount: number, pageInfo: { hasPreviousPage: boolean, startCursor: string | null }, nodes: Array<{ hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, isHead: boolean, wrong: boolean, memberOfCount: number, tags: Array<{ name: string }>, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { number: number } | null, commit: { seq: string, time: string } }> }> } } } | null } };

export type ComparedFragment = { hash: string, contentDigest: string, memberCount: number | null, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, payload: { digest: string, path: string, size: string } | null, ontology: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } };

export type VersionsQueryVariables = Exact<{
  seq: string;
  old: string | number;
  hasOld: boolean;
  new: string | number;
  shown: string | number;
}>;


export type VersionsQuery = { at: { old?: { hash: string, contentDigest: string, memberCount: number | null, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, payload: { digest: string, path: string, size: string } | null, ontology: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null, new: { hash: string, contentDigest: string, memberCount: number | null, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, payload: { digest: string, path: string, size: string } | null, ontology: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null, shown: { hash: string, number: number, wrong: boolean, mediaType: string | null, ontologyStale: boolean, payload: { digest: string, size: string, sha256: string } | null, ontology: { hash: string, number: number, isHead: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, activity: { name: string, codeReference: string | null, parameters: unknown, startedAt: string | null, endedAt: string | null } | null, sources: { totalCount: number, nodes: Array<{ role: string, asserted: boolean, reason: string | null, source: { hash: string, number: number, wrong: boolean, isHead: boolean, mediaType: string | null, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, derivatives: { totalCount: number, nodes: Array<{ role: string, asserted: boolean, derived: { hash: string, number: number, wrong: boolean, isHead: boolean, mediaType: string | null, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, memberOf: { totalCount: number, nodes: Array<{ isHead: boolean, split: string | null, inclusion: Types.Inclusion, pinned: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, trainingSet: { hash: string, number: number, tags: Array<{ name: string }>, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null } };

export type FirstSeenQueryVariables = Exact<{
  seq: string;
  ref: string | number;
}>;


export type FirstSeenQuery = { at: { named: { seq: string, item: { namespace: string, kind: Types.ItemKind, key: string, history: { nodes: Array<{ seq: string }> } } } | null } };

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
export const ComparedFragmentDoc = new TypedDocumentString(`
    fragment Compared on Version {
  hash
  contentDigest
  memberCount
  number
  wrong
  statements {
    place
    kind
    reason
    author
    commit {
      seq
    }
  }
  mediaType
  attributes
  payload {
    digest
    path
    size
  }
  ontology {
    hash
    number
    item {
      namespace
      kind
      key
    }
  }
  sources(first: 4) {
    totalCount
    nodes {
      role
      source {
        hash
        number
        mediaType
        attributes
        payload {
          digest
          path
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
    `, {"fragmentName":"Compared"}) as unknown as TypedDocumentString<ComparedFragment, unknown>;
export const ItemDocument = new TypedDocumentString(`
    query Item($seq: Seq!, $ref: ID!, $before: String) {
  at(asOf: {seq: $seq}) {
    named: version(id: $ref) {
      number
      item {
        hash
        namespace
        kind
        key
        createdAt
        head {
          number
        }
        tags {
          name
          alias
          version {
            number
          }
        }
        newest: history(last: 100) {
          nodes {
            number
            wrong
            ontologyChanges {
              kind
              from
              to
              classes
            }
          }
        }
        history(last: 20, before: $before) {
          totalCount
          pageInfo {
            hasPreviousPage
            startCursor
          }
          nodes {
            hash
            number
            seq
            committedAt
            author
            message
            isHead
            wrong
            memberOfCount
            tags {
              name
            }
            statements {
              place
              kind
              reason
              author
              by {
                number
              }
              commit {
                seq
                time
              }
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ItemQuery, ItemQueryVariables>;
export const VersionsDocument = new TypedDocumentString(`
    query Versions($seq: Seq!, $old: ID!, $hasOld: Boolean!, $new: ID!, $shown: ID!) {
  at(asOf: {seq: $seq}) {
    old: version(id: $old) @include(if: $hasOld) {
      ...Compared
    }
    new: version(id: $new) {
      ...Compared
    }
    shown: version(id: $shown) {
      hash
      number
      wrong
      mediaType
      ontologyStale
      payload {
        digest
        size
        sha256
      }
      ontology {
        hash
        number
        isHead
        item {
          namespace
          kind
          key
        }
      }
      activity {
        name
        codeReference
        parameters
        startedAt
        endedAt
      }
      sources(first: 10) {
        totalCount
        nodes {
          role
          asserted
          reason
          source {
            hash
            number
            wrong
            isHead
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
      derivatives(first: 10) {
        totalCount
        nodes {
          role
          asserted
          derived {
            hash
            number
            wrong
            isHead
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
      memberOf(last: 10) {
        totalCount
        nodes {
          isHead
          split
          inclusion
          pinned {
            hash
            number
            item {
              namespace
              kind
              key
            }
          }
          trainingSet {
            hash
            number
            tags {
              name
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
  }
}
    fragment Compared on Version {
  hash
  contentDigest
  memberCount
  number
  wrong
  statements {
    place
    kind
    reason
    author
    commit {
      seq
    }
  }
  mediaType
  attributes
  payload {
    digest
    path
    size
  }
  ontology {
    hash
    number
    item {
      namespace
      kind
      key
    }
  }
  sources(first: 4) {
    totalCount
    nodes {
      role
      source {
        hash
        number
        mediaType
        attributes
        payload {
          digest
          path
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
}`) as unknown as TypedDocumentString<VersionsQuery, VersionsQueryVariables>;
export const FirstSeenDocument = new TypedDocumentString(`
    query FirstSeen($seq: Seq!, $ref: ID!) {
  at(asOf: {seq: $seq}) {
    named: version(id: $ref) {
      seq
      item {
        namespace
        kind
        key
        history(first: 1) {
          nodes {
            seq
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FirstSeenQuery, FirstSeenQueryVariables>;