import { useRef, useState } from 'react';

import { bytesInWords } from '../blobs/format';
import { addressOf } from '../blobs/load';
import { UNASKED, useImage, useNear } from '../blobs/useImage';
import css from './Picture.module.css';
import type { Source } from './source';

/** The address of a small picture for a grid. It is the whole payload until the server makes thumbnails. */
function thumbnailOf(digest: string): { address: string; isSmall: boolean } {
  return { address: addressOf(digest), isSmall: false };
}

/** A picture in a square of a grid. What has no picture shows its name, or its size if it is too large. */
export function Thumbnail({ source, side = 96 }: { source: Source; side?: number }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isPixelated, setPixelated] = useState(false);
  const { address, isSmall } = thumbnailOf(source.digest);
  const [image] = useImage({ digest: source.digest, address: isSmall ? address : undefined, size: source.bytes, most: UNASKED }, useNear(frame));
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
