import { describe, expect, it } from 'vitest';

import { pictureOf } from './source';

const item = (kind: string, key: string) => ({ namespace: 'birds', kind: kind as 'LABEL', key });
const payload = (digest: string) => ({ digest, size: '12' });
const source = (role: string, digest: string | null, mediaType: string | null = 'image/png') => ({
  role,
  source: { hash: digest ?? role, number: 1, item: item('SOURCE', digest ?? role), mediaType, payload: digest === null ? null : payload(digest) },
});
const version = (own: string | null, mediaType: string | null, sources: ReturnType<typeof source>[]) => ({
  hash: 'h',
  number: 1,
  item: item('LABEL', 'a'),
  attributes: null,
  mediaType,
  payload: own === null ? null : payload(own),
  sources: { nodes: sources },
});

describe('the picture of a version', () => {
  it('is its own payload, or that of what it labels, or of what else it was made from', () => {
    expect(pictureOf(version('own', 'image/png', [source('LABELS', 'photo')]))?.digest).toBe('own');
    expect(pictureOf(version(null, null, [source('INPUT', 'crop'), source('LABELS', 'photo')]))?.digest).toBe('photo');
    expect(pictureOf(version(null, null, [source('LABELS', null), source('INPUT', 'crop')]))?.digest).toBe('crop');
  });

  it('is never the fields of a label, and may be absent', () => {
    expect(pictureOf(version('fields', 'application/json', [source('LABELS', 'photo')]))?.digest).toBe('photo');
    expect(pictureOf(version('fields', 'application/json; charset=utf-8', [source('INPUT', 'more', 'application/json')]))).toBeUndefined();
    expect(pictureOf(version(null, null, []))).toBeUndefined();
  });
});
