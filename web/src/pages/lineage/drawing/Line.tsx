import type { Edge as FlowEdge, EdgeProps } from '@xyflow/react';

import styles from './Drawing.module.css';

export interface LineData extends Record<string, unknown> {
  path: string;
  label: string;
  at: readonly [number, number];
  /** True if the label is shown without the pointer. */
  isLabelled: boolean;
  isOnPath: boolean;
  isDimmed: boolean;
}

export type LineEdge = FlowEdge<LineData, 'line'>;

/** An edge, drawn from the points of the layout. Its label appears under the pointer. */
export function Line({ data }: EdgeProps<LineEdge>) {
  if (data === undefined) return null;
  const { path, label, at, isLabelled, isOnPath, isDimmed } = data;
  const classes = [styles.line, isOnPath && styles.onPath, isDimmed && styles.dimmed, isLabelled && styles.labelled];
  return (
    <g className={classes.filter(Boolean).join(' ')}>
      <path className={styles.reach} d={path} />
      <path className={styles.stroke} d={path} />
      <text x={at[0]} y={at[1] - 5}>
        {label}
      </text>
    </g>
  );
}
