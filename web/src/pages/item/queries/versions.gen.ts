// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type VersionsQueryVariables = Exact<{
  seq: string;
  old: string | number;
  hasOld: boolean;
  new: string | number;
  shown: string | number;
  wrong: Types.WrongInput;
  hasWrong: boolean;
}>;


export type VersionsQuery = { at: { affected?: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, done: number | null }, nodes: Array<{ inclusion: Types.Inclusion, wrongCount: number, staleAtBuild: boolean, consumer: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, tags: Array<{ name: string }>, fixedIn: { number: number } | null, through: { totalCount: number, nodes: Array<{ memberCount: number | null, hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }> } }> } | null, old?: { hash: string, contentDigest: string, memberCount: number | null, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, ontology: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, labels: { totalCount: number, nodes: Array<{ derived: { hash: string, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null, new: { hash: string, contentDigest: string, memberCount: number | null, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, ontology: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, labels: { totalCount: number, nodes: Array<{ derived: { hash: string, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null, shown: { hash: string, number: number, wrong: boolean, mediaType: string | null, ontologyStale: boolean, payload: { digest: string, size: string, sha256: string } | null, ontology: { hash: string, number: number, isHead: boolean, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, activity: { name: string, codeReference: string | null, parameters: unknown, startedAt: string | null, endedAt: string | null } | null, sources: { totalCount: number, nodes: Array<{ role: string, asserted: boolean, reason: string | null, source: { hash: string, number: number, wrong: boolean, isHead: boolean, mediaType: string | null, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, derivatives: { totalCount: number, nodes: Array<{ role: string, asserted: boolean, derived: { hash: string, number: number, wrong: boolean, isHead: boolean, mediaType: string | null, payload: { digest: string, size: string } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, memberOf: { totalCount: number, nodes: Array<{ isHead: boolean, split: string | null, inclusion: Types.Inclusion, pinned: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, trainingSet: { hash: string, number: number, tags: Array<{ name: string }>, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } } | null } };

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

export const VersionsDocument = new TypedDocumentString(`
    query Versions($seq: Seq!, $old: ID!, $hasOld: Boolean!, $new: ID!, $shown: ID!, $wrong: WrongInput!, $hasWrong: Boolean!) {
  at(asOf: {seq: $seq}) {
    affected: affectedConsumers(wrong: $wrong, first: 10) @include(if: $hasWrong) {
      totalCount
      info {
        complete
        incompleteReason
        done
      }
      nodes {
        ...AffectedRow
      }
    }
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
    imageSize {
      width
      height
    }
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
  sources(first: 30) {
    totalCount
    nodes {
      role
      source {
        ...Attached
      }
    }
  }
  labels: derivatives(last: 40, roles: ["LABELS"]) {
    totalCount
    nodes {
      derived {
        ...Attached
      }
    }
  }
}
fragment Attached on Version {
  hash
  number
  wrong
  mediaType
  attributes
  payload {
    digest
    path
    size
    imageSize {
      width
      height
    }
  }
  item {
    namespace
    kind
    key
  }
}`) as unknown as TypedDocumentString<VersionsQuery, VersionsQueryVariables>;