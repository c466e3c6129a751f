import type { GraphiQL } from 'graphiql';
import { getOperationAST, parse } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import type { ComponentProps } from 'react';

import { collect, type Reader } from './events';

type Fetcher = ComponentProps<typeof GraphiQL>['fetcher'];

/** Relative to the page, so that a proxy can serve both below a path. */
const ENDPOINT = 'graphql';

/**
 * Sends GraphiQL's requests as the GraphQL-over-HTTP specification requires.
 * After each response, `onRefused` gets whether the server needs another token, and `onAnswer` gets the answer.
 */
export function createFetcher(
  token: string | null,
  onRefused: (refused: boolean) => void,
  onAnswer: (answer: unknown) => void,
): Fetcher {
  // Opened by the first subscription and closed after the last.
  const socket = createClient({
    url: () => new URL(ENDPOINT, location.href.replace(/^http/, 'ws')).href,
    connectionParams: () => (token === null ? {} : { Authorization: `Bearer ${token}` }),
    on: { closed: (event) => onRefused((event as CloseEvent).code === 4403) },
  });
  return async (params, options) => {
    if (isSubscription(params.query, params.operationName)) return events(socket, params);
    const response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: {
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        'Content-Type': 'application/json',
        ...(token !== null && { Authorization: `Bearer ${token}` }),
        ...options?.headers,
      },
      body: JSON.stringify(params),
    });
    onRefused(response.status === 401);
    const answer = await readAnswer(response);
    // The editor also requests the schema, which contains no payloads.
    if (params.operationName !== 'IntrospectionQuery') {
      onAnswer(answer);
    }
    return answer;
  };
}

function isSubscription(query: string, name?: string | null): boolean {
  try {
    return getOperationAST(parse(query), name)?.operation === 'subscription';
  } catch {
    // The body of the response has the error.
    return false;
  }
}

/** The events of a subscription, until the reader stops. The error that ends it is shown like an event. */
function events(socket: Client, params: { query: string; operationName?: string | null; variables?: unknown }) {
  const variables = params.variables as Record<string, unknown> | undefined;
  const payload = { query: params.query, operationName: params.operationName, variables };
  return {
    // Not an async generator: returning from one that waits takes until the next event.
    subscribe: (reader: Reader) => {
      const collected = collect(reader);
      const unsubscribe = socket.subscribe(payload, {
        next: collected.next,
        error: (error) => {
          collected.next({ errors: Array.isArray(error) ? error : [{ message: reason(error) }] });
          collected.complete();
        },
        complete: collected.complete,
      });
      return {
        unsubscribe() {
          collected.stop();
          unsubscribe();
        },
      };
    },
  };
}

function reason(error: unknown): string {
  if (error instanceof CloseEvent) return `The connection was closed: ${error.code} ${error.reason}`;
  return error instanceof Error ? error.message : String(error);
}

async function readAnswer(response: Response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The server answered ${response.status} ${response.statusText}: ${text.slice(0, 500)}`);
  }
}
