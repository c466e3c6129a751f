import { describe, expect, it } from 'vitest';

import type { Compared } from '../state';
import { labelsOf, layersOf } from './attached';
import { modesOf, sideOf } from './sides';

type Made = Compared['sources']['nodes'][number];

const payload = (digest: string) => ({ digest, path: digest, size: '9', imageSize: null });
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
  labels: { totalCount: 0, nodes: [] },
  ...given,
});
const made = (role: string, digest: string | null, kind: Made['source']['item']['kind'] = 'SOURCE'): Made => ({
  role,
  source: { hash: digest ?? '', number: 1, wrong: false, mediaType: null, attributes: { width: 4 }, payload: digest === null ? null : payload(digest), item: { namespace: 'n', kind, key: digest ?? 'none' } },
});
const of = (...nodes: Made[]) => ({ totalCount: nodes.length, nodes });

describe('sideOf', () => {
  it('is the picture that a label labels', () => {
    const label = version({ sources: of(made('CONTEXT', 'b3:other'), made('LABELS', 'b3:photo')) });
    const side = sideOf({ version: label, kind: 'LABEL', name: 'n/LABEL/a', fields: { class: 'wren' }, age: 'old' });
    expect(side?.source).toMatchObject({ digest: 'b3:photo', bytes: 9, name: 'n/SOURCE/b3:photo#1', fields: { width: 4 } });
    expect(side?.layers).toEqual([{ age: 'old', title: '#2', fields: { class: 'wren' } }]);
  });

  it('lays a label that is a picture over the one that it labels, but not one that is JSON', () => {
    const label = { payload: payload('b3:mask'), sources: of(made('LABELS', 'b3:photo')) };
    expect(sideOf({ version: version({ ...label, mediaType: 'image/png' }), kind: 'LABEL', name: 'l', fields: {}, age: 'new' })?.layers[0]?.mask?.digest).toBe('b3:mask');
    expect(sideOf({ version: version({ ...label, mediaType: 'application/json' }), kind: 'LABEL', name: 'l', fields: {}, age: 'new' })?.layers[0]?.mask).toBeUndefined();
    expect(sideOf({ version: version({ ...label, mediaType: 'image/png', sources: of() }), kind: 'LABEL', name: 'l', fields: {}, age: 'new' })?.source.digest).toBe('b3:mask');
  });

  it('is the own picture of everything else, unless it is a mask', () => {
    const crop = version({ payload: payload('b3:crop'), sources: of(made('INPUT', 'b3:photo')) });
    expect(sideOf({ version: crop, kind: 'DERIVED', name: 'c', fields: {}, age: 'new' })).toMatchObject({ source: { digest: 'b3:crop' }, layers: [] });
    const mask = version({ payload: payload('b3:mask'), sources: of(made('MASK', 'b3:photo')) });
    expect(sideOf({ version: mask, kind: 'DERIVED', name: 'm', fields: {}, age: 'new' })).toMatchObject({ source: { digest: 'b3:photo' }, layers: [{ mask: { digest: 'b3:mask' } }] });
    expect(sideOf({ version: version({ sources: of(made('TRAINED_ON', null, 'TRAINING_SET')) }), kind: 'MODEL', name: 'm', fields: {}, age: 'new' })).toBeUndefined();
  });
});

describe('labelsOf', () => {
  const label = (key: string, given: Partial<Made['source']> = {}) => ({ ...made('LABELS', null, 'LABEL').source, item: { namespace: 'n', kind: 'LABEL' as const, key }, ...given });
  const names = (...[version, kind]: Parameters<typeof labelsOf>) => labelsOf(version, kind).drawn.map(({ item }) => item.key);

  it('are those that a bundle was made from, as they were, on the picture in it', () => {
    const sources = of({ role: 'INPUT', source: label('a', { payload: payload('b3:fields'), mediaType: 'application/json' }) }, { role: 'INPUT', source: label('b', { wrong: true }) }, made('INPUT', 'b3:photo'));
    const bundle = version({ sources });
    expect(names(bundle, 'BUNDLE')).toEqual(['a', 'b']);
    const layers = layersOf(labelsOf(bundle, 'BUNDLE').drawn, [{ fields: { class: 'oak' }, problem: undefined }], 'only');
    expect(layers).toEqual([
      { age: 'only', title: 'n/a#1', fields: { class: 'oak' } },
      { age: 'only', title: 'n/b#1 (wrong)', fields: {} },
    ]);
    expect(sideOf({ version: bundle, kind: 'BUNDLE', name: 'n/BUNDLE/x', fields: {}, age: 'only', labels: layers })).toMatchObject({ source: { digest: 'b3:photo' }, layers });
  });

  it('are the newest ones of a source that are not wrong, and it says if there may be more', () => {
    const derived = [label('a', { number: 2 }), label('a', { wrong: true }), label('b'), label('b', { number: 2, wrong: true })].map((one) => ({ derived: one }));
    const source = version({ labels: { totalCount: 4, nodes: derived } });
    expect(labelsOf(source, 'SOURCE').drawn).toEqual([label('a', { number: 2 })]);
    expect(labelsOf(source, 'SOURCE').problem).toBeUndefined();
    expect(labelsOf(version({ labels: { totalCount: 50, nodes: derived } }), 'SOURCE').problem).toBe('Drawn: 1 label. It may have more.');
    expect(names(source, 'DERIVED')).toEqual([]);
  });
});

describe('modesOf', () => {
  const side = (digest: string, fields: Record<string, unknown>) => ({
    source: { digest, bytes: 1, name: '', mediaType: null, fields: {} },
    layers: [{ age: 'new' as const, title: '#1', fields }],
  });

  it('offers what shows a difference', () => {
    expect(modesOf(undefined, side('a', { bbox: [0, 0, 1, 1] }))).toEqual([]);
    expect(modesOf(side('a', { class: 1 }), side('a', { class: 2 }))).toEqual([]);
    expect(modesOf(side('a', {}), side('a', { bbox: [0, 0, 1, 1] }))).toEqual(['over', 'side', 'wipe']);
    expect(modesOf(side('a', {}), side('b', {}))).toEqual(['side', 'wipe']);
  });
});
