import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { collect, type Collected, MOST_EVENTS } from './events';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function collected() {
  const shown: Collected[] = [];
  const complete = vi.fn();
  return { shown, complete, events: collect({ next: (answer) => shown.push(answer as Collected), complete }) };
}

test('events that come at once are shown together, newest first', () => {
  const { shown, events } = collected();
  for (const seq of [1, 2, 3]) events.next({ seq });
  expect(shown).toEqual([]);
  vi.runAllTimers();
  events.next({ seq: 4 });
  vi.runAllTimers();
  expect(shown).toEqual([
    { events: 3, newestFirst: [{ seq: 3 }, { seq: 2 }, { seq: 1 }] },
    { events: 4, newestFirst: [{ seq: 4 }, { seq: 3 }, { seq: 2 }, { seq: 1 }] },
  ]);
});

test('the newest are kept, and all are counted', () => {
  const { shown, events } = collected();
  for (let seq = 1; seq <= MOST_EVENTS + 50; seq += 1) events.next(seq);
  vi.runAllTimers();
  expect(shown[0]).toMatchObject({ events: MOST_EVENTS + 50, kept: MOST_EVENTS });
  expect(shown[0]?.newestFirst.at(0)).toBe(MOST_EVENTS + 50);
  expect(shown[0]?.newestFirst.at(-1)).toBe(51);
});

test('what has come is shown before the end and when the reader stops', () => {
  const { shown, complete, events } = collected();
  events.next('a');
  events.complete();
  expect(shown).toEqual([{ events: 1, newestFirst: ['a'] }]);
  expect(complete).toHaveBeenCalledOnce();

  const stopped = collected();
  stopped.events.stop();
  stopped.events.next('b');
  stopped.events.stop();
  vi.runAllTimers();
  expect(stopped.shown).toEqual([{ events: 1, newestFirst: ['b'] }]);
});
