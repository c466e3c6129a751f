import { describe, expect, it } from 'vitest';

import { highlightOf, shortestTo } from './paths';
import { lineageOf } from './rows';
import { SAMPLE } from './sample';

const lineage = lineageOf(SAMPLE);
const version = (hash: string, kind: string) => ({ hash, number: 1, item: { namespace: 'birds', kind, key: hash } });

describe('highlightOf', () => {
  it('finds versions in groups by the edges between them', () => {
    const path = [version('version:?', 'SOURCE'), version('version:??', 'LABEL'), version('version:set', 'TRAINING_SET')];
    const { keys, edges } = highlightOf([path], lineage);
    expect([...keys]).toEqual(['group:photos', 'group:labels', 'version:set']);
    expect(edges.size).toBe(2);
  });

  it('goes through a group twice if its versions derive from each other', () => {
    const path = [version('version:?', 'LABEL'), version('version:??', 'LABEL'), version('version:set', 'TRAINING_SET')];
    expect([...highlightOf([path], lineage).edges].some((id) => id.includes('INPUT'))).toBe(true);
  });

  it('is empty for a path that the answer does not contain', () => {
    expect(highlightOf([[version('version:?', 'DERIVED'), version('version:set', 'TRAINING_SET')]], lineage).keys.size).toBe(0);
  });
});

describe('shortestTo', () => {
  it('goes up to sources and down to what was made', () => {
    expect([...shortestTo('group:photos', lineage).keys].sort()).toEqual(['group:labels', 'group:photos', 'version:set']);
    expect([...shortestTo('version:score', lineage).keys].sort()).toEqual(['version:score', 'version:set']);
  });

  it('contains all edges between two ends', () => {
    expect(shortestTo('version:photo', lineage).edges.size).toBe(3);
  });
});
