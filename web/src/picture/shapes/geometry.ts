import { type Mark, count } from './mark';

/** Writes a coordinate: a thousandth of a pixel is not seen. */
export function at(value: number): string {
  return String(Math.round(value * 1_000) / 1_000 || 0);
}

/** Returns path data through points, `x` and `y` in turn. */
export function pathOf(points: number[], isClosed: boolean): string {
  let path = '';
  for (let place = 0; place + 1 < points.length; place += 2) {
    path += `${place === 0 ? 'M' : 'L'}${at(points[place] ?? 0)} ${at(points[place + 1] ?? 0)}`;
  }
  return isClosed ? `${path}Z` : path;
}

/** Returns the corners of a rectangle that is turned about its centre by an angle in degrees, clockwise as seen. */
export function cornersOf(x: number, y: number, width: number, height: number, angle: number): number[] {
  const turn = (angle * Math.PI) / 180;
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  return [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].flatMap(([right = 0, down = 0]) => {
    const [dx, dy] = [(width * right) / 2, (height * down) / 2];
    return [middleX + dx * cos - dy * sin, middleY + dx * sin + dy * cos];
  });
}

/** Draws a rectangle, turned about its centre. */
export function rectangle([x, y, width, height]: [number, number, number, number], angle: number): Mark {
  const words = angle === 0 ? 'box' : `box turned by ${at(angle)}°`;
  return { path: pathOf(cornersOf(x, y, width, height, angle), true), isArea: true, words };
}

/** Draws polygons, each `x` and `y` in turn. */
export function polygons(rings: number[][]): Mark {
  const points = rings.reduce((sum, ring) => sum + ring.length / 2, 0);
  const words = rings.length === 1 ? `polygon of ${count(points, 'point')}` : `${rings.length} polygons of ${count(points, 'point')}`;
  return { path: rings.map((ring) => pathOf(ring, true)).join(''), isArea: true, words };
}

/** Draws a line through points, `x` and `y` in turn. */
export function polyline(points: number[], isClosed = false): Mark {
  return { path: pathOf(points, isClosed), isArea: isClosed, words: `line of ${count(points.length / 2, 'point')}` };
}

/** Draws an ellipse about a centre, turned clockwise by an angle in degrees. */
export function ellipse(x: number, y: number, radiusX: number, radiusY: number, angle: number): Mark {
  const turn = (angle * Math.PI) / 180;
  const [dx, dy] = [radiusX * Math.cos(turn), radiusX * Math.sin(turn)];
  const arc = (toX: number, toY: number) => `A${at(radiusX)} ${at(radiusY)} ${at(angle)} 0 1 ${at(toX)} ${at(toY)}`;
  const path = `M${at(x - dx)} ${at(y - dy)}${arc(x + dx, y + dy)}${arc(x - dx, y - dy)}Z`;
  return { path, isArea: true, words: 'ellipse' };
}
