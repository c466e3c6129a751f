import { describe, expect, it } from 'vitest';

import { lineageOf } from '../rows';
import { SAMPLE } from '../sample';
import { CARD, GAP, firstView } from './geometry';
import { step } from './keyboard';
import { layered } from './layered';
import { columns } from './layout';

const lineage = lineageOf(SAMPLE);
const placed = columns(lineage);

describe('layered', () => {
  it('puts sources left, with room for roles between layers', () => {
    const links: [number, number][] = [
      [0, 1],
      [1, 2],
      [0, 2],
    ];
    const { centres, crossings } = layered({ count: 3, links });
    const x = centres.map((centre) => centre[0]);
    expect((x[1] ?? 0) - (x[0] ?? 0)).toBeGreaterThanOrEqual(CARD.width + 120);
    expect((x[2] ?? 0) - (x[1] ?? 0)).toBeGreaterThanOrEqual(CARD.width + 120);
    expect(crossings.map(({ length }) => length)).toEqual([0, 0, 1]);
  });

  it('lays out groups that derive from each other, and parts that are not connected', () => {
    expect(
      layered({
        count: 4,
        links: [
          [0, 1],
          [1, 0],
          [2, 3],
        ],
      }).centres,
    ).toHaveLength(4);
    expect(layered({ count: 1, links: [] }).centres).toHaveLength(1);
  });

  it('lays out as many cards as the page shows', () => {
    const links = Array.from({ length: 580 }, (_, at): [number, number] => [(at * 7) % 50, 50 + ((at * 13) % 250)]);
    const { centres } = layered({ count: 300, links });
    expect(new Set(centres.map(String)).size).toBe(300);
  });
});

describe('columns', () => {
  it('are by steps from the start, without overlap', () => {
    const x = (key: string) => placed.cards.get(key)?.[0] ?? Number.NaN;
    expect(x('version:set') - x('version:label')).toBe(CARD.width + GAP.layer);
    expect(x('group:photos')).toBe(x('version:photo'));
    expect(new Set([...placed.cards.values()].map(String)).size).toBe(lineage.rows.length);
  });
});

describe('keys', () => {
  it('lead along edges and within a column', () => {
    const to = (key: string, arrow: string) => step(key, arrow, lineage, placed);
    expect(to('version:set', 'ArrowRight')).toBe('version:net');
    expect(['version:label', 'group:labels']).toContain(to('version:set', 'ArrowLeft'));
    expect(to('version:label', 'ArrowDown')).toBe('group:labels');
    expect(to('group:labels', 'ArrowUp')).toBe('version:label');
    expect(to('group:labels', 'ArrowLeft')).toBe('group:photos');
    expect(to('version:score', 'ArrowRight')).toBeUndefined();
    expect(to('version:set', 'x')).toBeUndefined();
  });

  it('reach every card from the start', () => {
    const found = new Set(['version:set']);
    for (const key of found) {
      for (const arrow of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
        const next = step(key, arrow, lineage, placed);
        if (next !== undefined) found.add(next);
      }
    }
    expect(found.size).toBe(lineage.rows.length);
  });
});

describe('firstView', () => {
  const start = placed.cards.get('version:set') ?? [0, 0];

  it('shows everything if it can be read', () => {
    const view = firstView(placed, start, 'both', { width: 2_000, height: 900 });
    expect(view.zoom).toBe(1);
    expect(view.x).toBeGreaterThanOrEqual(0);
  });

  it('begins at the start otherwise', () => {
    const box = { width: 400, height: 300 };
    for (const way of ['up', 'down', 'both'] as const) {
      const { x, y, zoom } = firstView(placed, start, way, box);
      expect(zoom).toBe(1);
      expect(start[0] + x).toBeGreaterThanOrEqual(0);
      expect(start[0] + x + CARD.width).toBeLessThanOrEqual(box.width);
      expect(start[1] + y).toBe((box.height - CARD.height) / 2);
    }
  });
});
