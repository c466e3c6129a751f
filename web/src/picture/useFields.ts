import { useQuery } from '@tanstack/react-query';

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
  const payload = version?.payload ?? null;
  const isPayload = payload !== null && isJson(version?.mediaType ?? null);
  const isLarge = isPayload && Number(payload.size) > UNASKED;
  const query = useQuery({
    queryKey: ['payload', payload?.digest],
    queryFn: async ({ signal }) => fieldsOf(JSON.parse(await loadText(payload?.digest ?? '', { token: readToken(), signal }))) ?? {},
    enabled: isPayload && !isLarge,
    retry: false,
  });
  const own = fieldsOf(version?.attributes) ?? {};
  if (isLarge) return { fields: own, problem: 'Its fields are a large payload, which is not loaded here.' };
  if (query.error) return { fields: own, problem: `Its other fields are its payload, which was not loaded: ${query.error.message}.` };
  return { fields: query.data === undefined ? own : { ...own, ...query.data }, problem: undefined };
}
