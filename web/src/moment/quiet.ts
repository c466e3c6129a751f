import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

/** Returns true once the page's own questions are answered: what only decorates is asked after them. */
export function useQuiet(): boolean {
  const [isQuiet, setQuiet] = useState(false);
  const client = useQueryClient();
  const count = useIsFetching();
  useEffect(() => {
    if (isQuiet || count > 0) return;
    // The first answer is the head. A page may have no question at all. Answers are drawn before more is asked.
    const answered = client.getQueryCache().findAll({ predicate: ({ state }) => state.status !== 'pending' });
    const timer = setTimeout(() => setQuiet(true), answered.length > 1 ? 100 : 2_000);
    return () => clearTimeout(timer);
  }, [isQuiet, count, client]);
  return isQuiet;
}
