import { readToken } from '../access/token';
import type { Sent } from './document';

/** Relative to the page, so that a proxy can serve both below a path. */
export const ENDPOINT = 'graphql';

/** Why there is no answer. */
export class Failed extends Error {
  constructor(
    message: string,
    /** The stable code of the server; empty if it did not answer. */
    readonly code: string,
    readonly reason: string,
    readonly status: number,
  ) {
    super(message);
  }

  /** True if the server requires another token. */
  get isRefused(): boolean {
    return this.status === 401;
  }

  /** True if the request may succeed unchanged. */
  get isTemporary(): boolean {
    return this.reason !== 'CANCELLED' && (this.status === 0 || this.status === 429 || this.status === 503 || this.reason === 'UNAVAILABLE');
  }
}

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string; reason?: string } }[];
}

/**
 * Sends one request.
 *
 * @throws {Failed} if the server is not reached, refuses, or reports an error: part of an answer is not an answer.
 */
export async function send<T>(sent: Sent, signal?: AbortSignal): Promise<T> {
  const token = readToken();
  let response: Response;
  try {
    response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: {
        Accept: 'application/graphql-response+json',
        'Content-Type': 'application/json',
        ...(token !== null && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(sent),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failed('The server cannot be reached.', '', '', 0);
  }
  const answer = await readAnswer(response);
  const error = answer.errors?.[0];
  if (error !== undefined) {
    throw new Failed(error.message, error.extensions?.code ?? '', error.extensions?.reason ?? '', response.status);
  }
  return answer.data as T;
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new Failed(`The server answered ${response.status}: ${text.slice(0, 300)}`, '', '', response.status);
  }
}
