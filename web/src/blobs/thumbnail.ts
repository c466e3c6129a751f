import { HEAD_BYTES, imageTypeOf } from './format';
import { BlobFailed, type Loaded, type LoadOptions, addressOf, get, loadImage } from './load';

/** The sizes that the server makes (docs/api/blobs.md): the longest side in pixels. */
const SIDES = [64, 128, 256, 512];

/** Up to this size the payload itself is read: other places of the page may show it. */
const SMALL = 16 * 1024;

/** The answers of a server that makes no thumbnail of these bytes. 404 is also that of one that makes none at all. */
const CANNOT = [400, 404, 413, 415, 422, 504];

/** False once a server had a payload, and answered 404 for its thumbnail. */
let makesThumbnails = true;

/** Returns the smallest size that fills so many pixels. */
export function sideFor(pixels: number): number {
  return SIDES.find((side) => side >= pixels) ?? 512;
}

/**
 * Loads a picture in the size of a grid. If the server does not make it, the payload is loaded, unless it is larger
 * than `most`.
 *
 * @throws {BlobFailed} if neither can be loaded.
 */
export async function loadThumbnail(digest: string, side: number, options: LoadOptions): Promise<Loaded> {
  if (!makesThumbnails || (options.size ?? 0) <= Math.min(SMALL, options.most)) return loadImage(digest, options);
  try {
    return await made(digest, side, options);
  } catch (error) {
    if (!(error instanceof BlobFailed) || !CANNOT.includes(error.status)) throw error;
    const loaded = await loadImage(digest, options);
    if (error.status === 404) makesThumbnails = false;
    return loaded;
  }
}

/** An older server ignores the size and sends the payload: one that is too large is not read. */
async function made(digest: string, side: number, options: LoadOptions): Promise<Loaded> {
  const response = await get(`${addressOf(digest)}?thumbnail=${side}`, options);
  const size = Number(response.headers.get('Content-Length') ?? 0);
  if (size > options.most) {
    await response.body?.cancel();
    return { kind: 'large', size };
  }
  const bytes = await response.arrayBuffer();
  const type = imageTypeOf(new Uint8Array(bytes, 0, Math.min(HEAD_BYTES, bytes.byteLength)));
  return type === undefined ? { kind: 'other' } : { kind: 'image', bytes: new Blob([bytes], { type }) };
}
