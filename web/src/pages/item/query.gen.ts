// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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
  item: string | number;
  before?: string | null | undefined;
}>;


export type ItemQuery = { at: { item: { hash: string, namespace: string, kind: Types.ItemKind, key: string, createdAt: string, tags: Array<{ name: string, alias: boolean, version: { number: number } }>, history: { totalCount: number, pageInfo: { hasPreviousPage: boolean, startCursor: string | null }, nodes: Array<{ hash: string, number: number, seq: string, committedAt: string, author: string, message: string | null, isHead: boolean, wrong: boolean, mediaType: string | null, attributes: unknown, ontologyStale: boolean, derivativeCount: number, memberOfCount: number, payload: { digest: string, path: string, size: string } | null, tags: Array<{ name: string }>, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, by: { number: number } | null, commit: { seq: string, time: string } }>, replacement: { number: number } | null, activity: { name: string, codeReference: string | null, parameters: unknown, startedAt: string | null, endedAt: string | null } | null, ontology: { number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, mediaType: string | null, attributes: unknown, item: { namespace: string, kind: Types.ItemKind, key: string }, payload: { digest: string, path: string, size: string } | null } }> }, memberOf: { nodes: Array<{ isHead: boolean, split: string | null, trainingSet: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } }> } } | null } };

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

export const ItemDocument = new TypedDocumentString(`
    query Item($seq: Seq!, $item: ID!, $before: String) {
  at(asOf: {seq: $seq}) {
    item(id: $item) {
      hash
      namespace
      kind
      key
      createdAt
      tags {
        name
        alias
        version {
          number
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
          mediaType
          attributes
          ontologyStale
          derivativeCount
          memberOfCount
          payload {
            digest
            path
            size
          }
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
          replacement {
            number
          }
          activity {
            name
            codeReference
            parameters
            startedAt
            endedAt
          }
          ontology {
            number
            item {
              namespace
              kind
              key
            }
          }
          sources(first: 5) {
            totalCount
            nodes {
              role
              source {
                hash
                number
                mediaType
                attributes
                item {
                  namespace
                  kind
                  key
                }
                payload {
                  digest
                  path
                  size
                }
              }
            }
          }
          memberOf(first: 5) {
            nodes {
              isHead
              split
              trainingSet {
                hash
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
  }
}
    `) as unknown as TypedDocumentString<ItemQuery, ItemQueryVariables>;