import { type CSSProperties, useRef, useState } from 'react';

import { sizeInWords } from '../blobs/format';
import { UNASKED, useImage, useNear } from '../blobs/useImage';
import { type Drawn, displayOf } from './drawn';
import { MaskLayer } from './MaskLayer';
import { Other } from './Other';
import { Overlay } from './Overlay';
import css from './Picture.module.css';
import type { Size } from './shapes/mark';
import type { Source } from './source';

interface CanvasProps {
  source: Source;
  drawn: Drawn;
  /** Reports the size of the picture, as the browser shows it. */
  onSize(size: Size): void;
  style?: CSSProperties;
  className?: string | undefined;
}

/** The longest side of a picture on the page, in pixels. */
const MOST_SIDE = 460;

/** A picture with its labels. Its bytes are loaded when it comes into view; large ones when they are asked for. */
export function Canvas({ source, drawn, onSize, style, className }: CanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const isNear = useNear(frame);
  const [isAsked, setAsked] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [image, retry] = useImage({ digest: source.digest, size: source.bytes, most: isAsked ? Number.POSITIVE_INFINITY : UNASKED }, isNear);
  if (image.kind === 'other') return <Other source={source} />;
  const { size, fit, layers } = drawn;
  const display = size && displayOf(size, MOST_SIDE);
  return (
    <div
      ref={frame}
      className={`${css.frame} ${className ?? ''}`}
      data-picture={image.kind}
      style={{ ...style, width: display?.width ?? 200, aspectRatio: size ? `${size.width} / ${size.height}` : '1' }}
    >
      {image.kind === 'image' && !isBroken && (
        <>
          <img
            src={image.url}
            alt={source.name}
            style={{ imageRendering: display?.isPixelated ? 'pixelated' : 'auto', imageOrientation: fit === 'turned' ? 'none' : 'from-image' }}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => onSize({ width: naturalWidth, height: naturalHeight })}
            onError={() => setBroken(true)}
          />
          {size && layers.map(({ mask, age, title }) => mask && <MaskLayer key={`${age} ${title}`} mask={mask} age={age} size={size} />)}
          {size && <Overlay size={size} layers={layers} />}
        </>
      )}
      {isBroken && <p className={css.instead}>The browser cannot show this picture.</p>}
      {image.kind === 'large' && (
        <p className={css.instead}>
          {sizeInWords(source.size, image.size)} ·{' '}
          <button type="button" onClick={() => setAsked(true)}>
            show
          </button>
        </p>
      )}
      {image.kind === 'failed' && (
        <p className={css.instead}>
          No picture: {image.words}.{' '}
          <button type="button" onClick={retry}>
            Ask again
          </button>
        </p>
      )}
    </div>
  );
}
