import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';

/** The text of an operation, with the types of its variables and its answer. */
export type Document<Answer, Variables> = { toString(): string } & DocumentTypeDecoration<Answer, Variables>;

/** A request as it is sent. What is copied from a page is made of it. */
export interface Sent {
  query: string;
  variables: Record<string, unknown>;
}
