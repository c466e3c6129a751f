import { useState } from 'react';

import { Canvas } from './Canvas';
import { draw } from './drawn';
import { Legend } from './Legend';
import css from './Picture.module.css';
import type { Size } from './shapes/mark';
import type { Layer, Source } from './source';

/** A picture, with the labels that are drawn on it named below. */
export function Picture({ source, layers }: { source: Source; layers: Layer[] }) {
  const [shown, setShown] = useState<Size>();
  const drawn = draw(source, layers, shown);
  return (
    <figure className={css.picture}>
      <Canvas key={source.digest} source={source} drawn={drawn} onSize={setShown} />
      <figcaption>
        <Legend layers={drawn.layers} problem={drawn.problem} />
      </figcaption>
    </figure>
  );
}
