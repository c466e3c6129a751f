import { useState } from 'react';

import { Canvas } from './Canvas';
import { draw } from './drawn';
import { Legend } from './Legend';
import { Picture } from './Picture';
import css from './Picture.module.css';
import type { Size } from './shapes/mark';
import type { Layer, Source } from './source';

/** A picture with its labels. */
export interface Side {
  source: Source;
  layers: Layer[];
}

/** How two pictures, or two labels of one picture, are compared. */
export const MODES = ['over', 'side', 'wipe'] as const;
export type Mode = (typeof MODES)[number];

/** Compares before and after: both labels on one picture, side by side, or with a wipe from one to the other. */
export function Compare({ before, after, mode }: { before: Side; after: Side; mode: Mode }) {
  if (mode === 'wipe') return <Wipe before={before} after={after} />;
  if (mode === 'side') {
    return (
      <div className={css.sides}>
        <Picture source={before.source} layers={before.layers} />
        <Picture source={after.source} layers={after.layers} />
      </div>
    );
  }
  return <Picture source={after.source} layers={[...before.layers, ...after.layers]} />;
}

function Wipe({ before, after }: { before: Side; after: Side }) {
  const [edge, setEdge] = useState(50);
  const [[shownBefore, shownAfter], setShown] = useState<[Size | undefined, Size | undefined]>([undefined, undefined]);
  const left = draw(before.source, before.layers, shownBefore);
  const right = draw(after.source, after.layers, shownAfter);
  return (
    <figure className={css.picture}>
      <div className={css.wipe}>
        <Canvas key={`old ${before.source.digest}`} source={before.source} drawn={left} onSize={(size) => setShown(([, other]) => [size, other])} style={{ clipPath: `inset(0 ${100 - edge}% 0 0)` }} />
        <Canvas key={`new ${after.source.digest}`} source={after.source} drawn={right} onSize={(size) => setShown(([other]) => [other, size])} style={{ clipPath: `inset(0 0 0 ${edge}%)` }} />
        <div className={css.edge} style={{ left: `${edge}%` }} aria-hidden="true" />
      </div>
      <label className={css.slider}>
        <span>old ◂</span>
        <input
          type="range"
          min="0"
          max="100"
          value={edge}
          aria-label="Wipe between old and new"
          aria-valuetext={`${edge} % old, ${100 - edge} % new`}
          onChange={(event) => setEdge(Number(event.target.value))}
        />
        <span>▸ new</span>
      </label>
      <figcaption>
        <Legend layers={[...left.layers, ...right.layers]} problem={left.problem ?? right.problem} />
      </figcaption>
    </figure>
  );
}
