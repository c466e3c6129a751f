// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type IncompleteReason =
  | 'DEPTH'
  | 'EDGES'
  | 'NODES'
  | 'TIME';

export type SetClassesQueryVariables = Exact<{
  seq: string;
  ref: string;
  path?: Array<string> | string | null | undefined;
}>;


export type SetClassesQuery = { at: { resolve: { memberSummary: { info: { complete: boolean, incompleteReason: Types.IncompleteReason | null }, total: { versionCount: number }, groups: { totalCount: number, nodes: Array<{ split: string | null, versionCount: number, wrongCount: number, values: Array<{ path: string, exists: boolean, value: unknown }> }> } } | null } | null } };

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
        groups(first: 1000) {
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