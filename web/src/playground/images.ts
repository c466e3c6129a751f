import { loadImage } from '../blobs/load';

/** An image that an answer names. */
export interface Named {
  digest: string;
  /** Its name in the answer: the key of its item, if that was requested. */
  name: string;
}

/** The strip shows only the number of further images. */
export const MOST_IMAGES = 40;

/** Larger payloads are not loaded for a thumbnail. */
const MOST_BYTES = 4 * 1024 * 1024;

const DIGEST = /^b3:[0-9a-f]{64}$/;

/** Returns the payloads in an answer, each once, in their order; which of them are images is not known here. */
export function payloadsIn(answer: unknown): Named[] {
  const found = new Map<string, Named>();
  // A list and no recursion: answers can be nested as deeply as a query.
  const left: { value: unknown; name: string }[] = [{ value: answer, name: '' }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value } = next;
    if (typeof value === 'string' && DIGEST.test(value) && !found.has(value)) {
      found.set(value, { digest: value, name: next.name || value.slice(0, 11) });
    } else if (typeof value === 'object' && value !== null) {
      const name = keyOf(value) ?? next.name;
      left.push(...Object.values(value).map((value) => ({ value, name })).reverse());
    }
  }
  return [...found.values()];
}

function keyOf(value: object): string | undefined {
  const { key, item } = value as { key?: unknown; item?: { key?: unknown } | null };
  return [item?.key, key].find((key) => typeof key === 'string') as string | undefined;
}

/** Returns the URL of the image, or null if the payload is no image, too large, or cannot be loaded. */
export async function load(digest: string, token: string | null, signal: AbortSignal): Promise<string | null> {
  const loaded = await loadImage(digest, { token, signal, most: MOST_BYTES });
  return loaded.kind === 'image' ? URL.createObjectURL(loaded.bytes) : null;
}
