// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type ItemKey = {
  key: string;
  kind: ItemKind;
  namespace?: string;
};

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