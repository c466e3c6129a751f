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

/** The first bytes of the formats that every browser shows; SVG is a document and not among them. */
const BEGINNINGS: [RegExp, string][] = [
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF[^]{4}WEBP/, 'image/webp'],
  [/^[^]{4}ftypavif/, 'image/avif'],
];

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
  const authorization = token === null ? {} : { Authorization: `Bearer ${token}` };
  const get = (headers: object) => fetch(`blobs/${digest}`, { headers: { ...authorization, ...headers }, signal });
  const head = await get({ Range: 'bytes=0-15' });
  const size = Number(head.headers.get('Content-Range')?.split('/')[1] ?? 0);
  const type = head.ok ? typeOf(new Uint8Array(await head.arrayBuffer())) : undefined;
  if (type === undefined || size > MOST_BYTES) {
    return null;
  }
  const whole = await get({});
  return whole.ok ? URL.createObjectURL(new Blob([await whole.arrayBuffer()], { type })) : null;
}

function typeOf(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes);
  return BEGINNINGS.find(([beginning]) => beginning.test(text))?.[1];
}
