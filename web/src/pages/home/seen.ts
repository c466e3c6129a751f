import { useCallback, useState } from 'react';

const STORED = 'stemma:seen';

/** The commit up to which the reader has seen what is affected, remembered by the browser; `undefined` on the first visit. */
export function useSeen(): [seen: string | undefined, see: (seq: string) => void] {
  const [seen, setSeen] = useState(read);
  const see = useCallback((seq: string) => {
    localStorage.setItem(STORED, seq);
    setSeen(seq);
  }, []);
  return [seen, see];
}

function read(): string | undefined {
  const stored = localStorage.getItem(STORED);
  return stored !== null && /^\d{1,19}$/.test(stored) ? stored : undefined;
}
