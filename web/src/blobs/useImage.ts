import { type RefObject, useEffect, useState } from 'react';

import { type ImageRequest, type ShownImage, acquire } from './images';

/** Images up to this size are loaded without being asked for. */
export const UNASKED = 1024 * 1024;

/** An image on a page, or why it is not there. */
export type ImageState = ShownImage | { kind: 'waiting' } | { kind: 'failed'; words: string };

const WAITING: ImageState = { kind: 'waiting' };

/** Loads an image, once it `isNear`. Its address is valid as long as the component is on the page. */
export function useImage({ digest, size, most, side }: ImageRequest, isNear: boolean): [ImageState, () => void] {
  const [state, setState] = useState<ImageState>(WAITING);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!isNear) return;
    const { image, release } = acquire({ digest, size, most, side });
    let isHere = true;
    const show = (next: ImageState) => isHere && setState(next);
    image.then(show, (error: Error) => show({ kind: 'failed', words: error.message }));
    return () => {
      isHere = false;
      setState(WAITING);
      release();
    };
  }, [digest, size, most, side, isNear, attempt]);
  return [state, () => setAttempt((before) => before + 1)];
}

/** Returns true once the element has been in view, or nearly. */
export function useNear(element: RefObject<Element | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (element.current === null || isNear) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setNear(true), { rootMargin: '150px' });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, isNear]);
  return isNear;
}
