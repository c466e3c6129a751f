import { describe, expect, it } from 'vitest';

import { captionsOf, columnOf } from './drawing/geometry';
import { columns } from './drawing/layout';
import { svgOf } from './drawing/svg';
import { matches, readFilter } from './filter';
import { mermaidOf } from './mermaid';
import { type Lineage, edgesOf, edgesTable, lineageOf, rowsTable } from './rows';
import { SAMPLE } from './sample';

const lineage = lineageOf(SAMPLE);

describe('table and drawing', () => {
  it('show the rows of one answer, each once', () => {
    const asked = [...SAMPLE.nodes, ...SAMPLE.groups].map(({ key }) => key).sort();
    expect(lineage.rows.map(({ key }) => key).sort()).toEqual(asked);
    expect([...columns(lineage).cards.keys()].sort()).toEqual(asked);
    expect(rowsTable(lineage.rows, lineage).rows).toHaveLength(asked.length);
  });

  it('show the edges of one answer, each once', () => {
    const asked = lineage.edges.map(({ id }) => id).sort();
    expect(new Set(asked).size).toBe(SAMPLE.edges.length);
    expect(lineage.rows.flatMap((row) => edgesOf(row, lineage).map(({ id }) => id)).sort()).toEqual(asked);
    expect([...columns(lineage).lines.keys()].sort()).toEqual(asked);
    expect(edgesTable(lineage).rows).toHaveLength(asked.length);
    expect(mermaidOf(lineage).match(/-->/g)).toHaveLength(asked.length);
    expect(svgOf(lineage, columns(lineage), '', '').match(/<path /g)).toHaveLength(asked.length);
  });

  it('have the same counts of wrong versions', () => {
    const wrong = SAMPLE.groups.reduce((sum, { wrongCount }) => sum + wrongCount, 0);
    expect(lineage.rows.reduce((sum, { wrongCount }) => sum + wrongCount, 0)).toBe(wrong);
    expect(svgOf(lineage, columns(lineage), '', '')).toContain('3 wrong');
  });
});

describe('rows', () => {
  it('are nearest first, and know on which side of the start they are', () => {
    expect(lineage.rows.map(({ depth }) => depth)).toEqual([0, 1, 1, 1, 2, 2, 2]);
    const side = (key: string) => lineage.byKey.get(key)?.side;
    expect(['version:set', 'version:photo', 'group:photos', 'version:net', 'version:score'].map(side)).toEqual(['start', 'up', 'up', 'down', 'down']);
  });

  it('name versions by references and groups by what they contain', () => {
    expect(lineage.byKey.get('version:net')).toMatchObject({ name: 'birds/net#1', full: 'birds/MODEL/net#1' });
    expect(lineage.byKey.get('group:labels')).toMatchObject({ name: '20 labels of birds', full: 'group:labels' });
  });

  it('list edges at the end that is farther from the start', () => {
    const roles = (key: string) => edgesOf(lineage.byKey.get(key) ?? fail(), lineage).map(({ role }) => role);
    expect(roles('version:set')).toEqual([]);
    expect(roles('version:photo')).toEqual(['LABELS', 'MASK']);
    expect(roles('version:score')).toEqual(['TESTED_ON', 'EVALUATES']);
  });
});

describe('captions', () => {
  it('give a label of its own only to lines with another role than their column', () => {
    const placed = columns(lineage);
    const captions = captionsOf(lineage, placed);
    const others = lineage.edges.filter((edge) => captions.get(columnOf(edge, placed.cards))?.role !== edge.role);
    expect(others.map(({ role }) => role)).toEqual(['INPUT', 'MASK', 'EVALUATES']);
  });
});

describe('saved forms', () => {
  const hostile: Lineage = lineageOf({
    ...SAMPLE,
    nodes: SAMPLE.nodes.map((one) => ({ ...one, version: { ...one.version, item: { ...one.version.item, key: '"]<script>&#\u0001' } } })),
  });

  it('escape names', () => {
    const svg = svgOf(hostile, columns(hostile), '<title>', '&');
    expect(svg).not.toMatch(/<script|\u0001/);
    expect(mermaidOf(hostile)).not.toMatch(/<script|""|"\]<|&/);
  });

  it('contain the drawing completely', () => {
    const placed = columns(lineage);
    for (const [x, y] of placed.cards.values()) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + 220).toBeLessThanOrEqual(placed.width);
      expect(y + 58).toBeLessThanOrEqual(placed.height);
    }
  });
});

describe('filters', () => {
  it('are read from the address, without what is not known', () => {
    expect(readFilter('')).toBeNull();
    expect(readFilter('kind:NOPE,ns:,else')).toBeNull();
    expect(readFilter('kind:LABEL, ns:birds,wrong')).toEqual({ kinds: ['LABEL'], namespaces: ['birds'], wrong: true });
  });

  it('match groups that contain something wrong', () => {
    const shown = (text: string) => lineage.rows.filter((row) => matches(readFilter(text), row)).map(({ key }) => key);
    expect(shown('wrong')).toEqual(['group:labels']);
    expect(shown('kind:SOURCE')).toEqual(['version:photo', 'group:photos']);
    expect(shown('ns:fish')).toEqual([]);
  });
});

function fail(): never {
  throw new Error('there is no such row');
}
