import { describe, expect, it } from 'vitest';

import type { Compared } from '../state';
import { modesOf, sideOf } from './sides';

type Made = Compared['sources']['nodes'][number];

const payload = (digest: string) => ({ digest, path: digest, size: '9' });
const version = (given: Partial<Compared>): Compared => ({
  hash: 'version:0',
  contentDigest: '0',
  memberCount: null,
  statements: [],
  number: 2,
  wrong: false,
  mediaType: null,
  attributes: {},
  payload: null,
  ontology: null,
  sources: { totalCount: 0, nodes: [] },
  ...given,
});
const made = (role: string, digest: string | null, kind: Made['source']['item']['kind'] = 'SOURCE'): Made => ({
  role,
  source: { hash: digest ?? '', number: 1, mediaType: null, attributes: { width: 4 }, payload: digest === null ? null : payload(digest), item: { namespace: 'n', kind, key: digest ?? 'none' } },
});
const of = (...nodes: Made[]) => ({ totalCount: nodes.length, nodes });

describe('sideOf', () => {
  it('is the picture that a label labels', () => {
    const label = version({ sources: of(made('CONTEXT', 'b3:other'), made('LABELS', 'b3:photo')) });
    const side = sideOf(label, 'LABEL', 'n/LABEL/a', { class: 'wren' }, 'old');
    expect(side?.source).toMatchObject({ digest: 'b3:photo', bytes: 9, name: 'n/SOURCE/b3:photo#1', fields: { width: 4 } });
    expect(side?.layer).toEqual({ age: 'old', title: '#2', fields: { class: 'wren' } });
  });

  it('lays a label that is a picture over the one that it labels, but not one that is JSON', () => {
    const label = { payload: payload('b3:mask'), sources: of(made('LABELS', 'b3:photo')) };
    expect(sideOf(version({ ...label, mediaType: 'image/png' }), 'LABEL', 'l', {}, 'new')?.layer?.mask?.digest).toBe('b3:mask');
    expect(sideOf(version({ ...label, mediaType: 'application/json' }), 'LABEL', 'l', {}, 'new')?.layer?.mask).toBeUndefined();
    expect(sideOf(version({ ...label, mediaType: 'image/png', sources: of() }), 'LABEL', 'l', {}, 'new')?.source.digest).toBe('b3:mask');
  });

  it('is the own picture of everything else, unless it is a mask', () => {
    const crop = version({ payload: payload('b3:crop'), sources: of(made('INPUT', 'b3:photo')) });
    expect(sideOf(crop, 'DERIVED', 'c', {}, 'new')).toMatchObject({ source: { digest: 'b3:crop' }, layer: undefined });
    const mask = version({ payload: payload('b3:mask'), sources: of(made('MASK', 'b3:photo')) });
    expect(sideOf(mask, 'DERIVED', 'm', {}, 'new')).toMatchObject({ source: { digest: 'b3:photo' }, layer: { mask: { digest: 'b3:mask' } } });
    expect(sideOf(version({ sources: of(made('TRAINED_ON', null, 'TRAINING_SET')) }), 'MODEL', 'm', {}, 'new')).toBeUndefined();
  });
});

describe('modesOf', () => {
  const side = (digest: string, fields: Record<string, unknown>) => ({
    source: { digest, bytes: 1, name: '', mediaType: null, fields: {} },
    layer: { age: 'new' as const, title: '#1', fields },
  });

  it('offers what shows a difference', () => {
    expect(modesOf(undefined, side('a', { bbox: [0, 0, 1, 1] }))).toEqual([]);
    expect(modesOf(side('a', { class: 1 }), side('a', { class: 2 }))).toEqual([]);
    expect(modesOf(side('a', {}), side('a', { bbox: [0, 0, 1, 1] }))).toEqual(['over', 'side', 'wipe']);
    expect(modesOf(side('a', {}), side('b', {}))).toEqual(['side', 'wipe']);
  });
});
