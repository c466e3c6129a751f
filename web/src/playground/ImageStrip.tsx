import { useEffect, useState } from 'react';

import { MOST_IMAGES, type Named, load } from './images';

interface ImageStripProps {
  payloads: Named[];
  token: string | null;
}

interface Shown extends Named {
  address: string;
}

/** The images that the newest answer names, where there are any. */
export function ImageStrip({ payloads, token }: ImageStripProps) {
  const [images, setImages] = useState<Shown[]>([]);

  useEffect(() => {
    const abort = new AbortController();
    const addresses: string[] = [];
    async function loadAll() {
      const loading = payloads.slice(0, MOST_IMAGES).map(async (payload) => {
        const address = await load(payload.digest, token, abort.signal);
        if (address !== null) {
          addresses.push(address);
        }
        return { ...payload, address };
      });
      // An image that cannot be loaded leaves a gap, not an empty strip.
      const loaded = (await Promise.allSettled(loading)).flatMap((image) =>
        image.status === 'fulfilled' ? [image.value] : [],
      );
      if (abort.signal.aborted) {
        addresses.forEach(URL.revokeObjectURL);
      } else {
        setImages(loaded.filter((image): image is Shown => image.address !== null));
      }
    }
    void loadAll();
    return () => {
      abort.abort();
      addresses.forEach(URL.revokeObjectURL);
      setImages([]);
    };
  }, [payloads, token]);

  if (images.length === 0) {
    return null;
  }
  const more = payloads.length - MOST_IMAGES;
  return (
    <aside className="images" aria-label="Images in the answer">
      {images.map(({ digest, name, address }) => (
        <figure key={digest} className="images-item" title={`${name}\n${digest}`}>
          <a href={address} target="_blank" rel="noreferrer">
            <img src={address} alt={name} />
          </a>
          <figcaption>{name}</figcaption>
        </figure>
      ))}
      {more > 0 && <p className="images-more">and {more} more payloads</p>}
    </aside>
  );
}
