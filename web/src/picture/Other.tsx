import { useEffect, useState } from 'react';

import { readToken } from '../access/token';
import { isText, sizeInWords } from '../blobs/format';
import { Download } from '../blobs/Download';
import { loadText } from '../blobs/load';
import css from './Picture.module.css';
import type { Source } from './source';

/** Longer texts are only downloaded. */
const MOST_TEXT = 64 * 1024;

/** A payload that no browser shows as a picture: its name, its size and a download; a short text as text. */
export function Other({ source: { digest, bytes, name, mediaType, size } }: { source: Source }) {
  const isShown = isText(mediaType) && bytes <= MOST_TEXT;
  const [text, setText] = useState('');
  useEffect(() => {
    if (!isShown) return;
    const abort = new AbortController();
    loadText(digest, { token: readToken(), signal: abort.signal }).then(setText, (error: Error) => abort.signal.aborted || setText(`(not loaded: ${error.message})`));
    return () => abort.abort();
  }, [digest, isShown]);
  return (
    <div data-picture="other">
      <p>
        <span className="name">{name}</span> · {mediaType ?? 'unknown media type'} · {sizeInWords(size, bytes)} · <Download digest={digest} name={name} />
      </p>
      {text !== '' && (
        <pre className={css.text} tabIndex={0} aria-label={`Text of ${name}`}>
          {text}
        </pre>
      )}
    </div>
  );
}
