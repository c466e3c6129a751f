import type { GraphiQL } from 'graphiql';
import type { ComponentProps } from 'react';

type Fetcher = ComponentProps<typeof GraphiQL>['fetcher'];

/** Relative to the page, so that a proxy may serve both below a path. */
const ENDPOINT = 'graphql';

/**
 * Sends GraphiQL's requests as GraphQL over HTTP asks.
 * After each answer `onRefused` learns whether the server wants another token, and `onAnswer` what it was.
 */
export function createFetcher(
  token: string | null,
  onRefused: (refused: boolean) => void,
  onAnswer: (answer: unknown) => void,
): Fetcher {
  return async (params, options) => {
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
    // The editor asks for the schema as well, which names nothing.
    if (params.operationName !== 'IntrospectionQuery') {
      onAnswer(answer);
    }
    return answer;
  };
}

async function readAnswer(response: Response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The server answered ${response.status} ${response.statusText}: ${text.slice(0, 500)}`);
  }
}
