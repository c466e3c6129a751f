/** The most events that are kept: the newest ones. */
export const MOST_EVENTS = 100;

/** Events that come at once are shown at once: the past commits of a feed would repaint the page for each. */
const REPAINT_MS = 150;

/** Gets what is shown. */
export interface Reader {
  next(answer: unknown): void;
  complete(): void;
}

/** The events of a subscription as they are shown. */
export interface Collected {
  /** All that came, also those that are no longer kept. */
  events: number;
  /** Present if some are no longer kept. */
  kept?: number;
  newestFirst: unknown[];
}

/** Collects events, so that an event does not replace the one before it. */
export function collect(reader: Reader) {
  const newestFirst: unknown[] = [];
  let events = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show() {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    const shown: Collected = { events, ...(events > newestFirst.length && { kept: newestFirst.length }), newestFirst: [...newestFirst] };
    reader.next(shown);
  }

  return {
    next(event: unknown) {
      events += 1;
      newestFirst.unshift(event);
      newestFirst.length = Math.min(newestFirst.length, MOST_EVENTS);
      timer ??= setTimeout(show, REPAINT_MS);
    },
    /** Shows what has come, and ends. */
    complete() {
      show();
      reader.complete();
    },
    /** Shows what has come; used when the reader stops. */
    stop: show,
  };
}
