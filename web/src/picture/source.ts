import { type Named, reference } from '../url/reference';
import type { PicturedFragment } from './query.gen';
import { type Fields, type Size, fieldsOf } from './shapes/mark';
import { recordedSize } from './shapes/read';

/** A payload that may be a picture. */
export interface Source {
  digest: string;
  /** The number of its bytes. */
  bytes: number;
  /** What it is called, for people who do not see it. */
  name: string;
  mediaType: string | null;
  /** The attributes of its version, which may have its width and height. */
  fields: Fields | undefined;
  /** Its width and height as it is stored, if the server was asked for them. */
  size?: Size | undefined;
}

/** A version as a page asks for it. */
export interface Pictured {
  mediaType: string | null;
  attributes: unknown;
  payload: { digest: string; path?: string; size: string; imageSize?: Size | null } | null;
}

/** Returns the payload of a version; `undefined` if it has none. */
export function sourceOf({ mediaType, attributes, payload }: Pictured, name: string): Source | undefined {
  if (payload === null) return undefined;
  return { digest: payload.digest, bytes: Number(payload.size), name, mediaType, fields: fieldsOf(attributes), size: payload.imageSize ?? undefined };
}

/** Returns the picture of a version: its own payload, or that of what it labels or was made from. Fields in JSON are no picture. */
export function pictureOf(version: Named & PicturedFragment & { attributes: unknown }): Source | undefined {
  const own = isJson(version.mediaType) ? undefined : sourceOf(version, reference(version));
  const pictured = version.sources.nodes.filter(({ source }) => source.payload !== null && !isJson(source.mediaType));
  const made = (pictured.find(({ role }) => role === 'LABELS') ?? pictured[0])?.source;
  return own ?? (made && sourceOf({ ...made, attributes: null }, reference(made)));
}

/** Returns true for fields of a label that are its payload (docs/import.md). */
export function isJson(mediaType: string | null): boolean {
  return /^application\/json(;|$)/.test(mediaType ?? '');
}

/** The place of a label in a comparison; `only` if there is none. */
export type Age = 'old' | 'new' | 'only';

/** A label that is drawn on a picture. */
export interface Layer {
  /** Old labels are dashed, new ones solid. */
  age: Age;
  /** Its version, such as `#1`. */
  title: string;
  fields: Fields;
  /** A mask that is a picture of its own. */
  mask?: Source;
}

/** Returns the size to which the shapes of layers refer, if it is recorded. */
export function sizeFor(source: Source, layers: Layer[]): Size | undefined {
  return layers.reduce<Size | undefined>((size, { fields }) => size ?? recordedSize(source.fields, fields), recordedSize(source.fields, undefined));
}
