import type { ItemKind, VersionFilter } from '../../schema.gen';

/** The kinds of items, in the order in which data is made. */
export const KINDS: readonly ItemKind[] = [
  'SOURCE',
  'LABEL',
  'DERIVED',
  'BUNDLE',
  'ONTOLOGY',
  'TRAINING_SET',
  'MODEL',
  'EVALUATION',
  'DEPLOYMENT',
];

/** What a filter can tell of a row. */
interface Filtered {
  kind: string | null;
  namespace: string | null;
  wrongCount: number;
}

/**
 * Reads a filter as the address writes it: `kind:LABEL,kind:SOURCE`, `ns:mnist`, `wrong`. What is not known is ignored;
 * null if nothing is left.
 */
export function readFilter(text: string): VersionFilter | null {
  const parts = text.split(',').map((part) => part.trim());
  const named = (prefix: string) => parts.filter((part) => part.startsWith(prefix)).map((part) => part.slice(prefix.length));
  const kinds = KINDS.filter((kind) => named('kind:').includes(kind));
  const namespaces = named('ns:').filter((name) => name !== '');
  const filter: VersionFilter = {
    ...(kinds.length > 0 && { kinds }),
    ...(namespaces.length > 0 && { namespaces }),
    ...(parts.includes('wrong') && { wrong: true }),
  };
  return Object.keys(filter).length === 0 ? null : filter;
}

/** Returns true if a row matches a filter of {@link readFilter}; a group matches if some of its versions do. */
export function matches(filter: VersionFilter | null, { kind, namespace, wrongCount }: Filtered): boolean {
  if (filter === null) return true;
  return (
    (filter.kinds?.some((known) => known === kind) ?? true) &&
    (filter.namespaces?.some((known) => known === namespace) ?? true) &&
    (filter.wrong !== true || wrongCount > 0)
  );
}
