/** The width and height of an image, in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Something that is drawn on an image, in its pixels. */
export interface Mark {
  /** Path data of SVG; empty for points. */
  path: string;
  /** True if the path surrounds an area, false if it is a line. */
  isArea: boolean;
  /** True for a rectangle around a shape that is more exact. */
  isAround?: boolean;
  /** Single points. */
  points?: { x: number; y: number; isHidden: boolean }[];
  /** What it is, in words: `polygon of 24 points`. */
  words: string;
}

/** What can be drawn of a label, and what cannot. */
export interface Drawing {
  marks: Mark[];
  /** What the label has and is not drawn, with the reason. An unknown shape is never guessed. */
  notDrawn: string[];
}

export type Fields = Record<string, unknown>;

/** Returns an object as fields; `undefined` for all other values. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Returns a list of numbers; `undefined` for all other values. */
export function numbersOf(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'number' && Number.isFinite(one)) ? value : undefined;
}

/** Returns a number greater than 0; `undefined` for all other values. */
export function lengthOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Writes a number of things: `1 point`, `3 points`. */
export function count(number: number, name: string): string {
  return `${number.toLocaleString('en')} ${name}${number === 1 ? '' : 's'}`;
}
