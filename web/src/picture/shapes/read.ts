import { pathOf, polygons, polyline, rectangle } from './geometry';
import { type Drawing, type Fields, type Mark, type Size, count, lengthOf, numbersOf } from './mark';
import { outline } from './outline';
import { readMask } from './runLengths';
import { readRegions } from './studio';

/** The fields of a label that say where it is, and how each is read. */
const SHAPES: Record<string, (value: never, fields: Fields, size: Size) => Mark | string> = {
  segmentation,
  corners,
  polyline: line,
  bbox,
  keypoints,
};

/** Shapes that are more exact than a box. */
const EXACT = ['segmentation', 'corners', 'polyline'];

/** Reads the shapes of a label as stemma stores them (docs/formats/README.md), in the pixels of an image of this size. */
export function readLabel(fields: Fields, size: Size): Drawing {
  const drawing: Drawing = { marks: [], notDrawn: [] };
  for (const [name, read] of Object.entries(SHAPES)) {
    const value = fields[name];
    if (!isGiven(value)) continue;
    const mark = read(value as never, fields, size);
    if (typeof mark === 'string') drawing.notDrawn.push(`${name}: ${mark}`);
    else drawing.marks.push(name === 'bbox' && EXACT.some((exact) => isGiven(fields[exact])) ? { ...mark, isAround: true } : mark);
  }
  if (fields.regions !== undefined) {
    const regions = readRegions(fields.regions, size);
    drawing.marks.push(...regions.marks);
    drawing.notDrawn.push(...regions.notDrawn);
  }
  return drawing;
}

/** Returns the size of the image that shapes refer to, if it is recorded: with the image, or with regions. */
export function recordedSize(image: Fields | undefined, label: Fields | undefined): Size | undefined {
  const ofImage = sizeOf(image?.width, image?.height);
  const regions: unknown[] = Array.isArray(label?.regions) ? label.regions : [];
  const measured = regions.map((region) => {
    const { original_width: width, original_height: height } = (region ?? {}) as Fields;
    return sizeOf(width, height);
  });
  return ofImage ?? measured.find((size) => size !== undefined);
}

function sizeOf(width: unknown, height: unknown): Size | undefined {
  const [w, h] = [lengthOf(width), lengthOf(height)];
  return w === undefined || h === undefined ? undefined : { width: w, height: h };
}

/** How a picture fits the size that shapes refer to. */
export type Fit = 'same' | 'turned' | 'other';

/**
 * Compares the size of a picture, as the browser shows it, with the recorded one. `turned`: the browser turned it as its
 * EXIF data says, and the shapes are those of the picture as it is stored.
 */
export function fitOf(shown: Size, recorded: Size | undefined): Fit {
  if (recorded === undefined || (recorded.width === shown.width && recorded.height === shown.height)) return 'same';
  return recorded.width === shown.height && recorded.height === shown.width ? 'turned' : 'other';
}

/** Returns true for what is neither absent nor empty. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function bbox(value: unknown, fields: Fields): Mark | string {
  const numbers = numbersOf(value);
  if (numbers?.length !== 4) return 'expected four numbers';
  const angle = fields.rotation ?? 0;
  if (typeof angle !== 'number') return 'expected a number as its rotation';
  return rectangle(numbers as [number, number, number, number], angle);
}

function corners(value: unknown): Mark | string {
  const numbers = numbersOf(value);
  if (numbers?.length !== 8) return 'expected eight numbers';
  return { path: pathOf(numbers, true), isArea: true, words: 'turned box' };
}

function line(value: unknown): Mark | string {
  const numbers = numbersOf(value);
  if (numbers === undefined || numbers.length < 4 || numbers.length % 2 !== 0) return 'expected pairs of numbers';
  return polyline(numbers);
}

function segmentation(value: unknown, _: Fields, size: Size): Mark | string {
  if (Array.isArray(value)) {
    const rings = (value.every((one) => typeof one === 'number') ? [value] : value).map(numbersOf);
    const isRing = (ring: number[] | undefined): ring is number[] => ring !== undefined && ring.length >= 4 && ring.length % 2 === 0;
    return rings.every(isRing) ? polygons(rings) : 'expected pairs of numbers';
  }
  const mask = readMask(value);
  if (mask === null) return 'expected polygons, or a mask in run lengths';
  return maskOf(outline(mask.intervals), mask.size, size);
}

/** Draws the outline of a mask, which must be that of the image. */
export function maskOf(path: string | null, own: Size, size: Size): Mark | string {
  if (own.width !== size.width || own.height !== size.height) {
    return `a mask of ${own.width} × ${own.height} does not fit a picture of ${size.width} × ${size.height}`;
  }
  return path === null ? 'the mask has too many details to be drawn' : { path, isArea: true, words: 'mask' };
}

function keypoints(value: unknown): Mark | string {
  const numbers = numbersOf(value);
  if (numbers === undefined || numbers.length % 3 !== 0) return 'expected three numbers for each point';
  const points: { x: number; y: number; isHidden: boolean }[] = [];
  for (let place = 0; place < numbers.length; place += 3) {
    const [x = 0, y = 0, visible = 0] = numbers.slice(place, place + 3);
    if (visible > 0) points.push({ x, y, isHidden: visible === 1 });
  }
  const hidden = points.filter((point) => point.isHidden).length;
  return { path: '', isArea: false, points, words: count(points.length, 'keypoint') + (hidden > 0 ? `, ${hidden} of them hidden` : '') };
}

/** Returns true if a label has a field that says where it is. */
export function hasShape(fields: Fields): boolean {
  return [...Object.keys(SHAPES), 'regions'].some((name) => isGiven(fields[name]));
}
