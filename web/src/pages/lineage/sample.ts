import type { Answer } from './rows';

/** A node of an answer for tests; `key` names it. */
export function node(key: string, depth: number, kind = 'LABEL', more: Partial<Answer['nodes'][number]> = {}): Answer['nodes'][number] {
  return {
    key: `version:${key}`,
    depth,
    start: depth === 0,
    more: false,
    version: {
      hash: `version:${key}`,
      number: 1,
      wrong: false,
      isHead: true,
      tags: [],
      item: { namespace: 'birds', kind: kind as Answer['nodes'][number]['version']['item']['kind'], key },
    },
    ...more,
  };
}

/** A group of an answer for tests. */
export function group(key: string, depth: number, more: Partial<Answer['groups'][number]> = {}): Answer['groups'][number] {
  return { key: `group:${key}`, depth, kind: 'LABEL', namespace: 'birds', role: 'MEMBER', count: 20, wrongCount: 0, more: false, ...more };
}

export function edge(source: string, derived: string, role: string, count = 1): Answer['edges'][number] {
  return { source, derived, role, count };
}

/**
 * A set, upstream with a folded group that derives from itself and two roles between the same ends, downstream with a model
 * that has two ways to the set.
 */
export const SAMPLE: Answer = {
  info: { seq: '30', complete: true, incompleteReason: null },
  nodes: [
    node('set', 0, 'TRAINING_SET'),
    node('label', 1),
    node('net', 1, 'MODEL'),
    node('photo', 2, 'SOURCE', { more: true }),
    node('score', 2, 'EVALUATION'),
  ],
  groups: [group('labels', 1, { wrongCount: 3 }), group('photos', 2, { kind: 'SOURCE', role: 'LABELS' })],
  edges: [
    edge('version:label', 'version:set', 'MEMBER'),
    edge('group:labels', 'version:set', 'MEMBER', 20),
    edge('group:labels', 'group:labels', 'INPUT', 4),
    edge('group:photos', 'group:labels', 'LABELS', 20),
    edge('version:photo', 'version:label', 'LABELS'),
    edge('version:photo', 'version:label', 'MASK'),
    edge('version:set', 'version:net', 'TRAINED_ON'),
    edge('version:set', 'version:score', 'TESTED_ON'),
    edge('version:net', 'version:score', 'EVALUATES'),
  ],
};
