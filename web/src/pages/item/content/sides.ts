import { hasShape } from '../../../picture/shapes/read';
import type { Side } from '../../../picture/Compare';
import type { Fields } from '../../../picture/shapes/mark';
import { type Age, sourceOf } from '../../../picture/source';
import { reference } from '../../../url/reference';
import type { Compared } from '../state';

/**
 * Returns the picture of a version with what is drawn on it: its own payload, or for labels, and for what has no
 * payload, that of what it was made from. A label that is a picture, and what was made in the role MASK, is laid over
 * that. `undefined` if there is no picture.
 */
export function sideOf(version: Compared, kind: string, name: string, fields: Fields, age: Age): Side | undefined {
  const title = `#${version.number}`;
  const own = sourceOf(version, `${name}${title}`);
  const isMask = own !== undefined && (kind === 'LABEL' ? /^image\//.test(version.mediaType ?? '') : version.sources.nodes.some(({ role }) => role === MASK));
  if (own !== undefined && kind !== 'LABEL' && !isMask) return { source: own, layer: undefined };
  const sources = version.sources.nodes.toSorted((a, b) => Number(isOfPicture(b.role)) - Number(isOfPicture(a.role)));
  for (const { source } of sources) {
    const picture = sourceOf(source, reference(source));
    if (picture !== undefined) return { source: picture, layer: { age, title, fields, ...(isMask && { mask: own }) } };
  }
  return own === undefined ? undefined : { source: own, layer: undefined };
}

const MASK = 'MASK';

function isOfPicture(role: string): boolean {
  return role === 'LABELS' || role === MASK;
}

/** Returns the modes in which two sides can be compared; none if there is nothing to see but one picture. */
export function modesOf(before: Side | undefined, after: Side): ('over' | 'side' | 'wipe')[] {
  if (before === undefined) return [];
  if (before.source.digest !== after.source.digest) return ['side', 'wipe'];
  const isDrawn = [before, after].some(({ layer }) => layer !== undefined && (layer.mask !== undefined || hasShape(layer.fields)));
  return isDrawn ? ['over', 'side', 'wipe'] : [];
}
