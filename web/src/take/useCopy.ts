import { useState } from 'react';

/** Copies texts, and says so: returns what to say, and what copies. `what` names the text. */
export function useCopy(): [said: string, copy: (text: string, what?: string) => void] {
  const [said, setSaid] = useState('');
  async function copy(text: string, what?: string) {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(what === undefined ? 'copied' : `${what} copied`);
    } catch {
      setSaid('The browser does not allow copying here.');
    }
  }
  return [said, (text, what) => void copy(text, what)];
}
