// Written by `npm run generate`.
// @ts-nocheck
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

export type StaleRowFragment = { inclusion: Types.Inclusion, status: Types.AffectedStatus, pinned: { attributes: unknown, hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, wrong: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, replacement: { hash: string, number: number, attributes: unknown } | null, statement: { kind: Types.StatementKind, reason: string, author: string, commit: { seq: string, time: string } } | null };

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
export const StaleRowFragmentDoc = new TypedDocumentString(`
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
}
    fragment Named on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}`, {"fragmentName":"StaleRow"}) as unknown as TypedDocumentString<StaleRowFragment, unknown>;