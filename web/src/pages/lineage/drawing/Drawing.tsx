import '@xyflow/react/dist/base.css';

import { type AriaLabelConfig, ReactFlow, type ReactFlowInstance, ViewportPortal } from '@xyflow/react';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';

import type { Highlight } from '../paths';
import type { Way } from '../question';
import type { Lineage, Row } from '../rows';
import { Card, type CardNode } from './Card';
import styles from './Drawing.module.css';
import { CARD, type Placed, captionsOf, columnOf, firstView, labelOf, labelPoint, pathOf } from './geometry';
import { step } from './keyboard';
import { Line, type LineEdge } from './Line';

const NODE_TYPES = { card: Card };
const EDGE_TYPES = { line: Line };

/** Above this number of cards, only those in view are in the document. */
const MOST_PRESENT = 100;

/** The library's own words speak of deleting and connecting, which this drawing does not do. */
const ARIA: Partial<AriaLabelConfig> = {
  'node.a11yDescription.default': 'A version, or a group of versions.',
  'node.a11yDescription.keyboardDisabled': 'A version, or a group of versions.',
  'node.a11yDescription.ariaLiveMessage': () => '',
  'edge.a11yDescription.default': 'An edge between two versions.',
  'controls.ariaLabel': 'View of the drawing',
};

export interface DrawingProps {
  lineage: Lineage;
  placed: Placed;
  way: Way;
  selected: string | undefined;
  highlight: Highlight;
  isShown(row: Row): boolean;
  select(row: Row): void;
  open(row: Row): void;
  find(): void;
  save(): void;
}

/** The drawing: cards where the layout put them, and a keyboard that walks along the edges. */
export function Drawing({ lineage, placed, way, selected, highlight, isShown, select, open, find, save }: DrawingProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [flow, setFlow] = useState<ReactFlowInstance<CardNode, LineEdge>>();
  const start = lineage.rows.find(({ side }) => side === 'start')?.key ?? '';
  const [current, setCurrent] = useState(selected !== undefined && lineage.byKey.has(selected) ? selected : start);
  const waiting = useRef<string | undefined>(undefined);
  const takesFocus = useCallback((key: string) => {
    if (waiting.current !== key) return false;
    waiting.current = undefined;
    return true;
  }, []);

  const nodes = useMemo(
    () =>
      lineage.rows.map((row): CardNode => {
        const [x, y] = placed.cards.get(row.key) ?? [0, 0];
        const isSelected = row.key === selected;
        return {
          id: row.key,
          type: 'card',
          position: { x, y },
          ...CARD,
          measured: CARD,
          data: {
            row,
            isCurrent: row.key === current,
            isSelected,
            isOnPath: highlight.keys.has(row.key),
            isDimmed: !isShown(row),
            takesFocus,
          },
        };
      }),
    [lineage, placed, selected, current, highlight, isShown, takesFocus],
  );
  const captions = useMemo(() => captionsOf(lineage, placed), [lineage, placed]);
  const edges = useMemo(
    () =>
      lineage.edges.map((edge): LineEdge => {
        const points = placed.lines.get(edge.id) ?? [];
        const isOther = captions.get(columnOf(edge, placed.cards))?.role !== edge.role;
        const ends = [lineage.byKey.get(edge.source), lineage.byKey.get(edge.derived)];
        return {
          id: edge.id,
          type: 'line',
          source: edge.source,
          target: edge.derived,
          data: {
            path: pathOf(points),
            label: labelOf(edge),
            at: labelPoint(points),
            isLabelled: isOther || edge.source === selected || edge.derived === selected,
            isOnPath: highlight.edges.has(edge.id),
            isDimmed: ends.some((row) => row !== undefined && !isShown(row)),
          },
        };
      }),
    [lineage, placed, captions, selected, highlight, isShown],
  );

  /** Brings a card into view, without moving what is in view already. */
  const show = useCallback(
    (key: string) => {
      const [x, y] = placed.cards.get(key) ?? [0, 0];
      const size = box.current?.getBoundingClientRect();
      if (flow === undefined || size === undefined) return;
      const { x: left, y: top, zoom } = flow.getViewport();
      const [screenX, screenY] = [x * zoom + left, y * zoom + top];
      const isInView =
        screenX >= 0 && screenY >= 0 && screenX + CARD.width * zoom <= size.width && screenY + CARD.height * zoom <= size.height;
      if (!isInView) void flow.setCenter(x + CARD.width / 2, y + CARD.height / 2, { zoom, duration: motion() });
    },
    [flow, placed],
  );
  const goTo = useCallback(
    (key: string) => {
      waiting.current = key;
      setCurrent(key);
      show(key);
    },
    [show],
  );

  const toStart = useCallback(() => {
    const size = box.current?.getBoundingClientRect();
    if (flow !== undefined && size !== undefined) {
      void flow.setViewport(firstView(placed, placed.cards.get(start) ?? [0, 0], way, size));
    }
  }, [flow, placed, start, way]);
  useEffect(toStart, [toStart, width]);
  // What is chosen elsewhere, in a list or by Back, is shown too.
  useEffect(() => {
    if (selected !== undefined && placed.cards.has(selected)) show(selected);
  }, [selected, placed, show, width]);

  const fit = () => void flow?.fitView({ duration: motion(), padding: 0.05 });
  const zoomIn = () => void flow?.zoomIn({ duration: motion() });
  const zoomOut = () => void flow?.zoomOut({ duration: motion() });

  function pressed(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = lineage.byKey.get(current);
    const next = event.key === 'Home' ? start : step(current, event.key, lineage, placed);
    const act = { o: () => row && open(row), '/': find, '0': fit, '+': zoomIn, '-': zoomOut }[event.key];
    if (next !== undefined) goTo(next);
    else act?.();
    if (next === undefined && act === undefined && !event.key.startsWith('Arrow')) return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <>
      <div className={styles.tools}>
        <button type="button" onClick={toStart}>
          To the start
        </button>
        <button type="button" onClick={fit}>
          Everything
        </button>
        <button type="button" aria-label="zoom in" onClick={zoomIn}>
          +
        </button>
        <button type="button" aria-label="zoom out" onClick={zoomOut}>
          −
        </button>
        <button type="button" onClick={save}>
          Save as SVG
        </button>
        <span className="quiet">
          <kbd>←</kbd> <kbd>→</kbd> along edges, <kbd>↑</kbd> <kbd>↓</kbd> in a column, <kbd>Enter</kbd> choose, <kbd>o</kbd> open,{' '}
          <kbd>/</kbd> find, <kbd>0</kbd> everything
        </span>
      </div>
      <div
        ref={box}
        className={styles.box}
        style={{ height: Math.min(Math.max(placed.height + 160, 260), 640) }}
        role="application"
        aria-label="Drawing of the lineage"
        onKeyDown={pressed}
        onFocus={({ target }) => setCurrent((before) => target.dataset.card ?? before)}
      >
        <ReactFlow<CardNode, LineEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onInit={setFlow}
          onNodeClick={(_, node) => {
            setCurrent(node.id);
            select(node.data.row);
          }}
          ariaLabelConfig={ARIA}
          proOptions={{ hideAttribution: true }}
          onlyRenderVisibleElements={lineage.rows.length > MOST_PRESENT}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          zoomActivationKeyCode={null}
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          minZoom={0.1}
          maxZoom={2}
        >
          <ViewportPortal>
            {[...captions].map(([x, { role, at }]) => (
              <div key={x} className={styles.caption} style={{ left: at[0], top: at[1] }}>
                {role}
              </div>
            ))}
          </ViewportPortal>
        </ReactFlow>
      </div>
    </>
  );
}

/** Returns the width of an element, which changes when something is shown beside it. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** The milliseconds that a movement takes. */
function motion(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 150;
}
