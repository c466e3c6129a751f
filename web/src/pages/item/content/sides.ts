import { hasShape } from '../../../picture/shapes/read';
import type { Side } from '../../../picture/Compare';
import type { Fields } from '../../../picture/shapes/mark';
import { type Age, type Layer, sourceOf } from '../../../picture/source';
import { reference } from '../../../url/reference';
import type { Compared } from '../state';

/** A version as it is compared. */
interface Shown {
  version: Compared;
  kind: string;
  /** The reference of its item. */
  name: string;
  fields: Fields;
  age: Age;
  /** The labels that belong to it, if it is no label. */
  labels?: Layer[];
}

/**
 * Returns the picture of a version with what is drawn on it: its own payload, or for labels, and for what has no
 * payload, that of what it was made from. A label that is a picture, and what was made in the role MASK, is laid over
 * that. `undefined` if there is no picture.
 */
export function sideOf({ version, kind, name, fields, age, labels = [] }: Shown): Side | undefined {
  const title = `#${version.number}`;
  const own = sourceOf(version, `${name}${title}`);
  const isMask = own !== undefined && (kind === 'LABEL' ? /^image\//.test(version.mediaType ?? '') : version.sources.nodes.some(({ role }) => role === MASK));
  if (own !== undefined && kind !== 'LABEL' && !isMask) return { source: own, layers: labels };
  const sources = picturesOf(version, kind).toSorted((a, b) => Number(isOfPicture(b.role)) - Number(isOfPicture(a.role)));
  for (const { source } of sources) {
    const picture = sourceOf(source, reference(source));
    if (picture === undefined) continue;
    return { source: picture, layers: kind === 'BUNDLE' ? labels : [{ age, title, fields, ...(isMask && { mask: own }) }] };
  }
  return own === undefined ? undefined : { source: own, layers: [] };
}

/** What a version was made from and may be its picture: of a bundle, not its labels. */
function picturesOf({ sources: { nodes } }: Compared, kind: string) {
  return kind === 'BUNDLE' ? nodes.filter(({ source }) => source.item.kind !== 'LABEL') : nodes;
}

const MASK = 'MASK';

function isOfPicture(role: string): boolean {
  return role === 'LABELS' || role === MASK;
}

/** Returns the modes in which two sides can be compared; none if there is nothing to see but one picture. */
export function modesOf(before: Side | undefined, after: Side): ('over' | 'side' | 'wipe')[] {
  if (before === undefined) return [];
  if (before.source.digest !== after.source.digest) return ['side', 'wipe'];
  const isDrawn = [before, after].some(({ layers }) => layers.some(({ mask, fields }) => mask !== undefined || hasShape(fields)));
  return isDrawn ? ['over', 'side', 'wipe'] : [];
}
