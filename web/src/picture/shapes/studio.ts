import { unpack } from './brush';
import { cornersOf, ellipse, polygons, polyline, rectangle } from './geometry';
import { type Drawing, type Fields, type Mark, type Size, fieldsOf, numbersOf } from './mark';
import { outline } from './outline';

/** Reads the results of a label of Label Studio. Their lengths are per cent of the image. */
export function readRegions(regions: unknown, size: Size): Drawing {
  const drawing: Drawing = { marks: [], notDrawn: [] };
  if (!Array.isArray(regions)) return { marks: [], notDrawn: ['regions: expected a list'] };
  const classes = classesOf(regions);
  for (const region of regions) {
    const result = fieldsOf(region);
    const value = fieldsOf(result?.value);
    const type = typeof result?.type === 'string' ? result.type : '';
    const tag = type.length > 6 && type.endsWith('labels') ? type.slice(0, -6) : type;
    // Answers and relations have no shape.
    if (result === undefined || value === undefined || ANSWERS.has(tag)) continue;
    const name = classes.get(idOf(result) ?? result) ?? '';
    const mark = isElsewhere(result) ? 'of another image of the task' : (READERS[tag]?.(value, size) ?? 'not known here');
    if (typeof mark === 'string') drawing.notDrawn.push(`${type || 'region'}${name && ` (${name})`}: ${mark}`);
    else drawing.marks.push({ ...mark, words: name ? `${name}: ${mark.words}` : mark.words });
  }
  return drawing;
}

/** Control tags whose results are about a shape or the image, and none themselves. */
const ANSWERS = new Set(['labels', 'choices', 'taxonomy', 'textarea', 'number', 'rating', 'datetime', 'pairwise', 'ranker', 'chat']);

type Reader = (value: Fields, size: Size) => Mark | string;

const READERS: Record<string, Reader> = {
  rectangle(value, size) {
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => numberOf(value, name));
    if (x === undefined || y === undefined || width === undefined || height === undefined) return 'expected x, y, width and height';
    const [left, top, w, h] = [...pixel(x, y, size), (width * size.width) / 100, (height * size.height) / 100] as const;
    const angle = numberOf(value, 'rotation') ?? 0;
    if (angle === 0) return rectangle([left, top, w, h], 0);
    // Label Studio turns a rectangle about its upper left corner.
    const [cornerX = 0, cornerY = 0] = cornersOf(left, top, w, h, angle);
    return rectangle([left + (left - cornerX), top + (top - cornerY), w, h], angle);
  },
  ellipse(value, size) {
    const [x, y, radiusX, radiusY] = ['x', 'y', 'radiusX', 'radiusY'].map((name) => numberOf(value, name));
    if (x === undefined || y === undefined || radiusX === undefined || radiusY === undefined) return 'expected x, y and two radii';
    const [middleX, middleY] = pixel(x, y, size);
    return ellipse(middleX, middleY, (radiusX * size.width) / 100, (radiusY * size.height) / 100, numberOf(value, 'rotation') ?? 0);
  },
  polygon(value, size) {
    const points = Array.isArray(value.points) ? value.points.map(numbersOf) : [];
    if (points.length < 2 || !points.every((point) => point?.length === 2)) return 'expected points of two numbers';
    return polygons([points.flatMap((point) => pixel(point?.[0] ?? 0, point?.[1] ?? 0, size))]);
  },
  vector(value, size) {
    const vertices = Array.isArray(value.vertices) ? value.vertices.map(fieldsOf) : [];
    if (vertices.some((vertex) => vertex?.isBezier === true)) return 'curves are not drawn';
    const points = vertices.flatMap((vertex) => placeOf(vertex, size) ?? [Number.NaN]);
    return points.length < 4 || points.some(Number.isNaN) ? 'expected vertices with x and y' : polyline(points, value.closed === true);
  },
  keypoint(value, size) {
    const [x, y] = placeOf(value, size) ?? [];
    if (x === undefined || y === undefined) return 'expected x and y';
    return { path: '', isArea: false, points: [{ x, y, isHidden: false }], words: 'point' };
  },
  brush(value, size) {
    const packed = value.format === 'rle' || value.format === undefined ? numbersOf(value.rle) : undefined;
    const intervals = packed && unpack(packed, size);
    if (!intervals) return 'expected the run lengths of a picture of this size';
    const path = outline(intervals);
    return path === null ? 'the stroke has too many details to be drawn' : { path, isArea: true, words: 'brush stroke' };
  },
};

function pixel(x: number, y: number, size: Size): [number, number] {
  return [(x * size.width) / 100, (y * size.height) / 100];
}

function placeOf(value: Fields | undefined, size: Size): [number, number] | undefined {
  const [x, y] = [value && numberOf(value, 'x'), value && numberOf(value, 'y')];
  return x === undefined || y === undefined ? undefined : pixel(x, y, size);
}

function numberOf(value: Fields, name: string): number | undefined {
  const number = value[name];
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function idOf(result: Fields): string | undefined {
  return typeof result.id === 'string' && result.id !== '' ? result.id : undefined;
}

function isElsewhere(result: Fields): boolean {
  return typeof result.item_index === 'number' && result.item_index > 0;
}

/** Returns the labels of each region: results with one id are one region. */
function classesOf(regions: unknown[]): Map<unknown, string> {
  const found = new Map<unknown, string[]>();
  for (const region of regions) {
    const result = fieldsOf(region);
    for (const [name, list] of Object.entries(fieldsOf(result?.value) ?? {})) {
      if (result === undefined || !name.endsWith('labels') || !Array.isArray(list)) continue;
      const key = idOf(result) ?? result;
      const names = list.filter((one): one is string => typeof one === 'string');
      found.set(key, [...new Set([...(found.get(key) ?? []), ...names])]);
    }
  }
  return new Map([...found].map(([key, names]) => [key, names.join(', ')]));
}
