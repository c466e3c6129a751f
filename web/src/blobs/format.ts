/** The first bytes of the formats that every browser shows; SVG is a document and not among them. */
const BEGINNINGS: [RegExp, string][] = [
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF[^]{4}WEBP/, 'image/webp'],
  [/^[^]{4}ftypavif/, 'image/avif'],
];

/** The number of bytes that show a format. */
export const HEAD_BYTES = 16;

/** Returns the media type of an image that browsers show; `undefined` for all other bytes. */
export function imageTypeOf(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
  return BEGINNINGS.find(([beginning]) => beginning.test(text))?.[1];
}

/** Returns true for media types that are shown as text. */
export function isText(mediaType: string | null): boolean {
  return mediaType !== null && /^(text\/|application\/(json|x-ndjson|xml|yaml)(;|$))/.test(mediaType);
}

/** Writes the size of a picture for people, if it is known with its pixels: `4000 × 3000 · 4.2 MB`. */
export function sizeInWords(pixels: { width: number; height: number } | undefined, bytes: number): string {
  return `${pixels === undefined ? '' : `${pixels.width} × ${pixels.height} · `}${bytesInWords(bytes)}`;
}

/** Writes a number of bytes for people: `4.2 MB`. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let [value, unit] = [bytes / 1_000, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
