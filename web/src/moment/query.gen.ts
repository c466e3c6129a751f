// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type HeadQueryVariables = Exact<{ [key: string]: never; }>;


export type HeadQuery = { view: { seq: string, time: string } };

export type MomentAtQueryVariables = Exact<{
  seq: string;
}>;


export type MomentAtQuery = { at: { view: { seq: string, time: string } } };

export type SeqOfTimeQueryVariables = Exact<{
  time: string;
}>;


export type SeqOfTimeQuery = { at: { view: { seq: string } } };

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

export const HeadDocument = new TypedDocumentString(`
    query Head {
  view {
    seq
    time
  }
}
    `) as unknown as TypedDocumentString<HeadQuery, HeadQueryVariables>;
export const MomentAtDocument = new TypedDocumentString(`
    query MomentAt($seq: Seq!) {
  at(asOf: {seq: $seq}) {
    view {
      seq
      time
    }
  }
}
    `) as unknown as TypedDocumentString<MomentAtQuery, MomentAtQueryVariables>;
export const SeqOfTimeDocument = new TypedDocumentString(`
    query SeqOfTime($time: DateTime!) {
  at(asOf: {time: $time}) {
    view {
      seq
    }
  }
}
    `) as unknown as TypedDocumentString<SeqOfTimeQuery, SeqOfTimeQueryVariables>;