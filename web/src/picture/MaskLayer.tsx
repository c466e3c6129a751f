import { useEffect, useId, useState } from 'react';

import { bytesInWords } from '../blobs/format';
import { UNASKED, type ImageState, useImage } from '../blobs/useImage';
import css from './Picture.module.css';
import type { Size } from './shapes/mark';
import type { Age, Source } from './source';

/** The colours of masks, red, green and blue from 0 to 1: those of the lines of old and new labels. */
const COLOURS: Record<Age, [number, number, number]> = { old: [1, 0.71, 0.24], new: [0.31, 0.89, 1], only: [0.31, 0.89, 1] };

/** A mask that is a picture of its own, laid over the picture that it is about: what is not black is tinted. */
export function MaskLayer({ mask, age, size }: { mask: Source; age: Age; size: Size }) {
  const filter = useId();
  const [image] = useImage({ digest: mask.digest, size: mask.bytes, most: UNASKED }, true);
  const own = useSize(image);
  const problem = problemOf(image, own, size);
  if (problem !== undefined) return <p className={css.problem}>{problem}</p>;
  if (image.kind !== 'image' || own === undefined) return null;
  const [red, green, blue] = COLOURS[age];
  return (
    <svg className={css.overlay} viewBox={`0 0 ${size.width} ${size.height}`} preserveAspectRatio="none" role="img" aria-label={mask.name} data-mask={age}>
      <filter id={filter} colorInterpolationFilters="sRGB" x="0" y="0" width="1" height="1">
        <feColorMatrix type="matrix" values={`0 0 0 0 ${red} 0 0 0 0 ${green} 0 0 0 0 ${blue} 255 255 255 0 0`} />
      </filter>
      {/* Pixelated, because between a set and an unset pixel every other value would be tinted as well. */}
      <image
        href={image.url}
        width={size.width}
        height={size.height}
        preserveAspectRatio="none"
        filter={`url(#${CSS.escape(filter)})`}
        opacity="0.55"
        style={{ imageRendering: 'pixelated' }}
      />
    </svg>
  );
}

function useSize(image: ImageState): Size | undefined {
  const [size, setSize] = useState<Size>();
  const url = image.kind === 'image' ? image.url : undefined;
  useEffect(() => {
    if (url === undefined) return;
    let isHere = true;
    const picture = new Image();
    picture.src = url;
    picture.decode().then(
      () => isHere && setSize({ width: picture.naturalWidth, height: picture.naturalHeight }),
      () => isHere && setSize({ width: 0, height: 0 }),
    );
    return () => {
      isHere = false;
      setSize(undefined);
    };
  }, [url]);
  return size;
}

function problemOf(image: ImageState, own: Size | undefined, size: Size): string | undefined {
  if (image.kind === 'large') return `The mask has ${bytesInWords(image.size)}: it is not drawn.`;
  if (image.kind === 'other') return 'The mask is no picture that browsers show: it is not drawn.';
  if (image.kind === 'failed') return `No mask: ${image.words}.`;
  if (own === undefined || (own.width === size.width && own.height === size.height)) return undefined;
  return `The mask has ${own.width} × ${own.height} pixels, the picture ${size.width} × ${size.height}: it is not drawn.`;
}
