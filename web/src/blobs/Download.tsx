import { useState } from 'react';

import { readToken } from '../access/token';
import { send } from '../api/client';
import { addressOf } from './load';
import { PayloadUrlDocument, type PayloadUrlQuery } from './query.gen';

/** Saves a payload. A link cannot carry the token, so with one the server is asked for an address that needs none. */
export function Download({ digest, name }: { digest: string; name: string }) {
  const [problem, setProblem] = useState('');
  const file = name.replace(/#\d+$/, '').split('/').at(-1) || 'payload';
  if (readToken() === null) {
    return (
      <a href={addressOf(digest)} download={file}>
        download
      </a>
    );
  }

  async function begin() {
    setProblem('');
    try {
      const { blob } = await send<PayloadUrlQuery>({ query: PayloadUrlDocument.toString(), variables: { digest } });
      const url = blob?.url;
      if (!url) throw new Error('The server gives no address for it.');
      const link = document.createElement('a');
      // A path is relative to the page, which a proxy may serve below another one.
      link.href = url.replace(/^\//, '');
      link.download = file;
      link.rel = 'noreferrer';
      link.click();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <>
      <button type="button" onClick={() => void begin()}>
        download
      </button>
      {problem && <span role="alert"> {problem}</span>}
    </>
  );
}
