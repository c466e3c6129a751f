/** An image that an answer names. */
export interface Named {
  digest: string;
  /** What the answer calls it: the key of its item where that was asked for. */
  name: string;
}

/** More are named in the strip as a number only. */
export const MOST_IMAGES = 40;

/** Larger payloads are not loaded for a thumbnail. */
const MOST_BYTES = 4 * 1024 * 1024;

const DIGEST = /^b3:[0-9a-f]{64}$/;

/** How the formats begin that every browser shows; SVG is a document and not among them. */
const BEGINNINGS: [RegExp, string][] = [
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF[^]{4}WEBP/, 'image/webp'],
  [/^[^]{4}ftypavif/, 'image/avif'],
];

/** The payloads in an answer, each once, in order; it cannot be told here which of them are images. */
export function payloadsIn(answer: unknown): Named[] {
  const found = new Map<string, Named>();
  // A list and not a recursion: answers may be nested as deeply as a query may be.
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

/** Where the image can be shown from, or null where the payload is no image, too large, or not to be had. */
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
