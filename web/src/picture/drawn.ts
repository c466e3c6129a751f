import type { Drawing, Size } from './shapes/mark';
import { type Fit, fitOf, readLabel } from './shapes/read';
import { type Layer, type Source, sizeFor } from './source';

/** A label, with what is drawn of it. */
export interface DrawnLayer extends Layer {
  drawing: Drawing;
}

/** What is drawn on a picture. */
export interface Drawn {
  fit: Fit;
  /** The size in which all marks are; `undefined` while it is not known. */
  size: Size | undefined;
  layers: DrawnLayer[];
  /** Why nothing is drawn, if shapes do not fit the picture. */
  problem: string | undefined;
}

const NOTHING: Drawing = { marks: [], notDrawn: [] };

/**
 * Draws layers on a picture whose size, as the browser shows it, is `shown` once it is loaded. Until then it has the place
 * of its stored size, if that is known.
 */
export function draw(source: Source, layers: Layer[], shown: Size | undefined): Drawn {
  const recorded = sizeFor(source, layers);
  const size = recorded ?? shown ?? source.size;
  const fit = shown === undefined ? 'same' : fitOf(shown, recorded);
  const drawn = layers.map((layer) => ({ ...layer, drawing: size === undefined ? NOTHING : readLabel(layer.fields, size) }));
  if (fit !== 'other' || shown === undefined || recorded === undefined) return { fit, size, layers: drawn, problem: undefined };
  const hasShapes = drawn.some(({ drawing }) => drawing.marks.length > 0);
  const problem = `The picture has ${shown.width} × ${shown.height} pixels, the shapes are of ${recorded.width} × ${recorded.height}: they are not drawn.`;
  return { fit, size: shown, layers: layers.map((layer) => ({ ...layer, drawing: NOTHING })), problem: hasShapes ? problem : undefined };
}

/** How large a picture is shown. */
export interface Shown {
  width: number;
  /** True if its pixels are enlarged, and stay as sharp as they are. */
  isPixelated: boolean;
}

/** Fits a picture into a square. Small ones are enlarged by a whole number, so that all their pixels are of one size. */
export function displayOf({ width, height }: Size, most: number): Shown {
  const scale = most / Math.max(width, height);
  if (scale >= 2) return { width: width * Math.floor(scale), isPixelated: true };
  return { width: Math.max(1, Math.round(width * Math.min(1, scale))), isPixelated: false };
}
