import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { useEffect, useRef } from 'react';

import { kindWords } from '../../../parts/words/kind';
import { counted } from '../../../parts/words/counted';
import type { Row } from '../rows';
import styles from './Drawing.module.css';

export interface CardData extends Record<string, unknown> {
  row: Row;
  /** True for the one card that Tab reaches. */
  isCurrent: boolean;
  isSelected: boolean;
  isOnPath: boolean;
  isDimmed: boolean;
  /** Returns true once after the keyboard went to this card. */
  takesFocus(key: string): boolean;
}

export type CardNode = Node<CardData, 'card'>;

/** A version, or a group of versions, which looks like a stack. */
export function Card({ data }: NodeProps<CardNode>) {
  const { row, isCurrent, isSelected, isOnPath, isDimmed, takesFocus } = data;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCurrent && takesFocus(row.key)) button.current?.focus({ preventScroll: true });
  }, [isCurrent, takesFocus, row.key]);
  const isGroup = row.named === undefined;
  const classes = [
    styles.card,
    isGroup && styles.group,
    row.side === 'start' && styles.start,
    isSelected && styles.selected,
    isOnPath && styles.onPath,
    isDimmed && styles.dimmed,
  ];
  return (
    <>
      <button
        ref={button}
        type="button"
        className={classes.filter(Boolean).join(' ')}
        data-card={row.key}
        tabIndex={isCurrent ? 0 : -1}
        aria-pressed={isSelected}
        title={row.named === undefined ? row.name : row.full}
      >
        <span className={styles.name}>
          {/* The end of a long name tells versions apart, so its beginning is cut off. */}
          <bdi>{row.name}</bdi>
        </span>{' '}
        <span className={styles.facts}>
          <span className="quiet">{isGroup ? 'group' : kindWords(row.kind)}</span>{' '}
          <span className="hidden">{row.side === 'start' ? 'start' : `${counted(row.depth, 'step')} ${row.side}`}</span>{' '}
          {row.wrongCount > 0 && <span className="mark wrong">{isGroup ? `${row.wrongCount.toLocaleString()} wrong` : 'WRONG'}</span>}{' '}
          {row.tags[0] && <span className="tag">{row.tags[0].name}</span>} {row.more && <span className={styles.more}>+ more</span>}
        </span>
      </button>
      {/* The library draws lines only between ends that it finds in the document. */}
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}
