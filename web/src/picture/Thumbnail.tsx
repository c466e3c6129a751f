import { useRef, useState } from 'react';

import { bytesInWords } from '../blobs/format';
import { sideFor } from '../blobs/thumbnail';
import { UNASKED, useImage, useNear } from '../blobs/useImage';
import css from './Picture.module.css';
import type { Source } from './source';

/** A picture in a square of a grid. What has no picture shows its name, or its size if it is too large. */
export function Thumbnail({ source, side = 96 }: { source: Source; side?: number }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isPixelated, setPixelated] = useState(false);
  const [image] = useImage({ digest: source.digest, size: source.bytes, most: UNASKED, side: sideFor(side * devicePixelRatio) }, useNear(frame));
  return (
    <div ref={frame} className={css.thumbnail} data-picture={image.kind} style={{ width: side, height: side }}>
      {image.kind === 'image' && (
        <img
          src={image.url}
          alt={source.name}
          style={{ imageRendering: isPixelated ? 'pixelated' : 'auto' }}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setPixelated(Math.max(naturalWidth, naturalHeight) <= side / 2)}
        />
      )}
      {image.kind === 'large' && <span className="quiet">{bytesInWords(image.size)}</span>}
      {image.kind === 'other' && <span className="quiet">{source.mediaType ?? 'no picture'}</span>}
      {image.kind === 'failed' && <span className="quiet">not loaded</span>}
    </div>
  );
}
