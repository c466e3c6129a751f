import { HEAD_BYTES, imageTypeOf } from './format';

/** Up to this size a payload is read at once: a second request costs more than its bytes. */
const AT_ONCE = 64 * 1024;

/** Returns the address of the bytes, relative to the page. */
export function addressOf(digest: string): string {
  return `blobs/${digest}`;
}

/** Why the bytes are not here. */
export class BlobFailed extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What a payload is. */
export type Loaded = { kind: 'image'; bytes: Blob } | { kind: 'large'; size: number } | { kind: 'other' };

export interface LoadOptions {
  token: string | null;
  signal: AbortSignal;
  /** Larger images are not loaded. */
  most: number;
  /** The size, if it is known. */
  size?: number | undefined;
}

/**
 * Loads an image. Its first bytes show whether it is one, whatever its media type says.
 *
 * @throws {BlobFailed} if the server is not reached, or does not have the bytes.
 */
export async function loadImage(digest: string, options: LoadOptions): Promise<Loaded> {
  const address = addressOf(digest);
  if (options.size === 0) return { kind: 'other' };
  if (options.size === undefined || options.size > Math.min(AT_ONCE, options.most)) {
    const { bytes, size } = await readHead(address, options);
    if (imageTypeOf(bytes) === undefined) return { kind: 'other' };
    if (size > options.most) return { kind: 'large', size };
  }
  const bytes = await (await get(address, options)).arrayBuffer();
  const type = imageTypeOf(new Uint8Array(bytes, 0, Math.min(HEAD_BYTES, bytes.byteLength)));
  return type === undefined ? { kind: 'other' } : { kind: 'image', bytes: new Blob([bytes], { type }) };
}

/** Loads a payload as text. */
export async function loadText(digest: string, options: { token: string | null; signal: AbortSignal }): Promise<string> {
  return await (await get(addressOf(digest), options)).text();
}

/** Reads the first bytes. A proxy may answer a range with everything: the rest is not read then. */
async function readHead(address: string, options: LoadOptions): Promise<{ bytes: Uint8Array; size: number }> {
  const response = await get(address, options, { Range: `bytes=0-${HEAD_BYTES - 1}` });
  const total = response.headers.get('Content-Range')?.split('/')[1] ?? response.headers.get('Content-Length');
  const size = options.size ?? Number(total ?? 0);
  if (response.status === 206 || response.body === null) {
    return { bytes: new Uint8Array(await response.arrayBuffer()), size };
  }
  const reader = response.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return { bytes: value ?? new Uint8Array(), size };
}

/**
 * Asks for bytes.
 *
 * @throws {BlobFailed} if the server is not reached, or answers with an error.
 */
export async function get(address: string, { token, signal }: { token: string | null; signal: AbortSignal }, headers = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { headers: { ...(token !== null && { Authorization: `Bearer ${token}` }), ...headers }, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new BlobFailed(0, 'the server cannot be reached');
  }
  // The answer to a range of nothing.
  if (response.status === 416) return new Response(new Uint8Array());
  if (!response.ok) throw new BlobFailed(response.status, WHY[response.status] ?? `the server answered ${response.status}`);
  return response;
}

const WHY: Record<number, string> = {
  401: 'the server requires a token',
  403: 'you may not read them',
  404: 'the bytes are not stored here, or were purged',
};
