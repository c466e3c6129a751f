import { readToken } from '../access/token';
import { type Loaded, loadImage } from './load';
import { createQueue } from './queue';
import { loadThumbnail } from './thumbnail';

/** An image as a page names it. */
export interface ImageRequest {
  digest: string;
  size: number;
  /** Larger images are not loaded. */
  most: number;
  /** The longest side of a thumbnail, in place of the payload. */
  side?: number | undefined;
}

/** An image that a page shows. */
export type ShownImage = { kind: 'image'; url: string } | Exclude<Loaded, { kind: 'image' }>;

interface Entry {
  users: number;
  abort: AbortController;
  image: Promise<ShownImage>;
}

/** Four at a time: more would compete with the questions of the page. */
const inTurn = createQueue(4);
const entries = new Map<string, Entry>();

/**
 * Returns an image, loaded once however many places show it. `release` must be called once: after the last one the
 * address is revoked, and what is still loading is cancelled.
 */
export function acquire(request: ImageRequest): { image: Promise<ShownImage>; release(): void } {
  const key = `${request.digest} ${request.side ?? ''} ${request.most}`;
  let entry = entries.get(key);
  if (entry === undefined) {
    const begun = (entry = begin(request));
    entries.set(key, begun);
    // A failure is not kept: the next request begins again.
    begun.image.catch(() => entries.get(key) === begun && entries.delete(key));
  }
  const used = entry;
  used.users += 1;
  return {
    image: used.image,
    release() {
      used.users -= 1;
      // A place that is drawn again releases and acquires within one turn.
      setTimeout(() => {
        if (used.users > 0 || entries.get(key) !== used) return;
        entries.delete(key);
        used.abort.abort();
        used.image.then(
          (shown) => shown.kind === 'image' && URL.revokeObjectURL(shown.url),
          () => undefined,
        );
      });
    },
  };
}

function begin({ digest, size, most, side }: ImageRequest): Entry {
  const abort = new AbortController();
  const { signal } = abort;
  const image = inTurn(async (): Promise<ShownImage> => {
    const options = { token: readToken(), signal, most, size };
    const loaded = await (side === undefined ? loadImage(digest, options) : loadThumbnail(digest, side, options));
    return loaded.kind === 'image' ? { kind: 'image', url: URL.createObjectURL(loaded.bytes) } : loaded;
  }, signal);
  return { users: 0, abort, image };
}
