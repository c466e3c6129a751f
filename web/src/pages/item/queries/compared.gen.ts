// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type ComparedFragment = { hash: string, contentDigest: string, memberCount: number | null, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, statements: Array<{ place: number, kind: Types.StatementKind, reason: string, author: string, commit: { seq: string } }>, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, ontology: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, sources: { totalCount: number, nodes: Array<{ role: string, source: { hash: string, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> }, labels: { totalCount: number, nodes: Array<{ derived: { hash: string, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, item: { namespace: string, kind: Types.ItemKind, key: string } } }> } };

export type AttachedFragment = { hash: string, number: number, wrong: boolean, mediaType: string | null, attributes: unknown, payload: { digest: string, path: string, size: string, imageSize: { width: number, height: number } | null } | null, item: { namespace: string, kind: Types.ItemKind, key: string } };

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
export const AttachedFragmentDoc = new TypedDocumentString(`
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
}
    `, {"fragmentName":"Attached"}) as unknown as TypedDocumentString<AttachedFragment, unknown>;
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
}`, {"fragmentName":"Compared"}) as unknown as TypedDocumentString<ComparedFragment, unknown>;