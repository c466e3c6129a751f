import type { Fields } from '../../../picture/shapes/mark';
import { reference } from '../../../url/reference';
import { type Change, difference, leaves } from '../../../parts/values/difference';
import type { Compared } from '../state';

/** The most changes on a page. */
export const MOST_CHANGES = 100;

/** Returns what differs between two versions: their attributes by path, then everything else that is in their content. */
export function changesOf(older: Compared, newer: Compared, oldFields: Fields, newFields: Fields): Change[] {
  const [before, after] = [othersOf(older), othersOf(newer)];
  const others = Object.keys(after).map((path) => ({ path, before: before[path], after: after[path] }));
  return [...difference(oldFields, newFields), ...others.filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after))];
}

/** Returns everything that is in one version. */
export function contentOf(version: Compared, fields: Fields): Change[] {
  const others = Object.entries(othersOf(version)).filter(([, value]) => value !== undefined);
  const attributes = leaves(fields).filter(({ path }) => path !== '');
  return [...attributes, ...others.map(([path, value]) => ({ path, value }))].map(({ path, value }) => ({ path, before: undefined, after: value }));
}

function othersOf({ payload, mediaType, ontology, sources, memberCount }: Compared): Record<string, string | undefined> {
  const made = sources.nodes.map(({ role, source }) => `${role} ${reference(source)}`).join(', ');
  const more = sources.totalCount - sources.nodes.length;
  return {
    'class list': ontology === null ? undefined : reference(ontology),
    'made from': made === '' ? undefined : made + (more > 0 ? ` and ${more} more` : ''),
    members: memberCount === null ? undefined : memberCount.toLocaleString('en'),
    'media type': mediaType ?? undefined,
    payload: payload === null ? undefined : payload.digest,
  };
}
