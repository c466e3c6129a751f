import type { Direction } from '../../schema.gen';
import { shellQuoted } from '../../take/commands';
import { flag, integer, oneOf, optional, text } from '../../url/params';
import { readFilter } from './filter';

/** The maximum number of nodes and groups on the screen. */
export const MOST_NODES = 300;
/** The number of nodes and groups that are asked for at first, and added by one step. */
export const STEP_NODES = 60;
/** The number of rows on one page of the table. */
export const PAGE_ROWS = 100;

/** The state of the page. `depth` 0 is any depth; `page` counts the pages of the table from 1. */
export const LINEAGE = {
  of: text(),
  dir: oneOf(['up', 'down', 'both'], 'up'),
  depth: integer(0, 0, 1_000),
  max: integer(STEP_NODES, 1, MOST_NODES),
  fold: integer(6, 1, 100),
  /** True if wrong versions are rows of their own, and not in groups. */
  apart: flag,
  roles: optional,
  stop: text(),
  keep: text(),
  find: text(),
  show: oneOf(['table', 'graph'], 'table'),
  page: integer(1, 1, MOST_NODES / PAGE_ROWS),
  sel: optional,
  open: optional,
  after: optional,
  /** True if only the wrong versions of a group are listed. */
  bad: flag,
};

export type Way = 'up' | 'down' | 'both';

/** What belongs to one answer only, and is left out of the address when the question changes. */
export const FRESH = { page: 1, sel: undefined, open: undefined, after: undefined, bad: false };

const DIRECTIONS: Record<Way, Direction> = { up: 'UP', down: 'DOWN', both: 'BOTH' };

interface Asked {
  of: string;
  dir: Way;
  depth: number;
  roles: string | undefined;
  stop: string;
}

/** The variables that all questions of the page share. */
export function variablesOf({ of, dir, depth, roles, stop }: Asked, seq: string) {
  return {
    seq,
    of,
    direction: DIRECTIONS[dir],
    roles: rolesOf(roles) ?? null,
    maxDepth: depth === 0 ? null : depth,
    stopAt: readFilter(stop),
  };
}

/** The roles of the address; undefined for all of them. */
export function rolesOf(roles: string | undefined): string[] | undefined {
  return roles?.split(',').filter((role) => role !== '');
}

/** Writes the command that exports the same lineage as PROV-JSON. */
export function provCommand(of: string, dir: Way, seq: string): string {
  return `stemma export prov ${shellQuoted(of)} --direction ${dir} --as-of ${seq}`;
}
