/** Runs at most `places` tasks at once, the others in the order in which they came. */
export function createQueue(places: number): <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  let free = places;
  const waiting: (() => void)[] = [];
  return async (task, signal) => {
    if (free > 0) free -= 1;
    // The place of the task that ended is handed over, so that no newcomer takes it.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      signal.throwIfAborted();
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
