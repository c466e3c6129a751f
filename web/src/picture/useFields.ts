import { type UseQueryResult, useQueries } from '@tanstack/react-query';

import { readToken } from '../access/token';
import { UNASKED } from '../blobs/useImage';
import { loadText } from '../blobs/load';
import { type Fields, fieldsOf } from './shapes/mark';
import { type Pictured, isJson } from './source';

/** The fields of a label, and why they are not all. */
export interface LabelFields {
  fields: Fields;
  problem: string | undefined;
}

/** Returns all fields of a label. Large ones are the payload of their version (docs/import.md). */
export function useFields(version: Pictured | null | undefined): LabelFields {
  return useAllFields(version == null ? [] : [version])[0] ?? { fields: {}, problem: undefined };
}

/** Returns all fields of each of these labels. */
export function useAllFields(versions: Pictured[]): LabelFields[] {
  const loaded = useQueries({ queries: versions.map(loading) });
  return versions.map((version, at) => fieldsIn(version, loaded[at]));
}

function loading({ payload, mediaType }: Pictured) {
  return {
    queryKey: ['payload', payload?.digest],
    queryFn: async ({ signal }: { signal: AbortSignal }) => fieldsOf(JSON.parse(await loadText(payload?.digest ?? '', { token: readToken(), signal }))) ?? {},
    enabled: payload !== null && isJson(mediaType) && Number(payload.size) <= UNASKED,
    retry: false,
  };
}

function fieldsIn({ attributes, payload, mediaType }: Pictured, loaded: UseQueryResult<Fields, Error> | undefined): LabelFields {
  const own = fieldsOf(attributes) ?? {};
  if (payload !== null && isJson(mediaType) && Number(payload.size) > UNASKED) {
    return { fields: own, problem: 'Its fields are a large payload, which is not loaded here.' };
  }
  if (loaded?.error) return { fields: own, problem: `Its other fields are its payload, which was not loaded: ${loaded.error.message}.` };
  return { fields: loaded?.data === undefined ? own : { ...own, ...loaded.data }, problem: undefined };
}
