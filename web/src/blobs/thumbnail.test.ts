import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0]);
const LARGE = 5_000_000;

let asked: string[];

/** Serves payloads of `LARGE` bytes; `thumbnail` answers for their thumbnails. */
function serve(thumbnail: () => Response): void {
  asked = [];
  vi.stubGlobal('fetch', async (address: string, { headers }: { headers: Record<string, string> }) => {
    asked.push(address);
    if (address.includes('thumbnail')) return thumbnail();
    return new Response(PNG, headers['Range'] === undefined ? {} : { status: 206, headers: { 'Content-Range': `bytes 0-15/${LARGE}` } });
  });
}

/** The module remembers what the server can do: each test has one of its own. */
let load: typeof import('./thumbnail').loadThumbnail;
const options = (size: number) => ({ token: null, signal: new AbortController().signal, most: 1024 * 1024, size });

beforeEach(async () => {
  vi.resetModules();
  load = (await import('./thumbnail')).loadThumbnail;
});
afterEach(() => vi.unstubAllGlobals());

describe('a thumbnail', () => {
  it('takes the place of a payload of any size, and small payloads are read themselves', async () => {
    serve(() => new Response(PNG));
    expect((await load('b3:a', 128, options(LARGE))).kind).toBe('image');
    expect((await load('b3:b', 128, options(100))).kind).toBe('image');
    expect(asked).toEqual(['blobs/b3:a?thumbnail=128', 'blobs/b3:b']);
  });

  it('is the payload if the server cannot make it of these bytes, and is asked for again for others', async () => {
    serve(() => new Response('', { status: 415 }));
    expect(await load('b3:a', 128, options(LARGE))).toEqual({ kind: 'large', size: LARGE });
    expect((await load('b3:b', 128, options(50_000))).kind).toBe('image');
    expect(asked.filter((address) => address.includes('thumbnail'))).toHaveLength(2);
  });

  it('is not asked for again from a server that makes none', async () => {
    serve(() => new Response('', { status: 404 }));
    await load('b3:a', 128, options(50_000));
    await load('b3:b', 128, options(50_000));
    expect(asked.filter((address) => address.includes('thumbnail'))).toHaveLength(1);
  });

  it('is not read if an older server sends a payload that is too large', async () => {
    serve(() => new Response(PNG, { headers: { 'Content-Length': String(LARGE) } }));
    expect(await load('b3:a', 128, options(LARGE))).toEqual({ kind: 'large', size: LARGE });
  });

  it('fails if the reader may not see the payload', async () => {
    serve(() => new Response('', { status: 403 }));
    await expect(load('b3:a', 128, options(LARGE))).rejects.toThrow('may not');
  });

  it('has the smallest side that fills its place', async () => {
    const { sideFor } = await import('./thumbnail');
    expect([40, 64, 80, 160, 2_000].map(sideFor)).toEqual([64, 64, 128, 256, 512]);
  });
});
