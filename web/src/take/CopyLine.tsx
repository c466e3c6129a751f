import { useState } from 'react';

/** A command or a program on the page, with a button that copies it. */
export function CopyLine({ name, text }: { name: string; text: string }) {
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
    <div className="copy-line">
      <p>
        <strong>{name}</strong>{' '}
        <button type="button" onClick={() => void copy()} aria-label={`Copy: ${name}`}>
          Copy
        </button>{' '}
        <span className="quiet" aria-live="polite">
          {said}
        </span>
      </p>
      <pre className="scroll" tabIndex={0} role="region" aria-label={name}>
        {text}
      </pre>
    </div>
  );
}
