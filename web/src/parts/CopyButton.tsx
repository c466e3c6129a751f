import { useState } from 'react';

/** Copies a text, such as an id, and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState('');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('copied');
    } catch {
      setSaid('The browser does not allow copying here.');
    }
  }
  return (
    <>
      <button type="button" className="copy" aria-label={`Copy ${what}`} onClick={() => void copy()}>
        copy
      </button>
      <span className="quiet" aria-live="polite">
        {said && ` ${said}`}
      </span>
    </>
  );
}
