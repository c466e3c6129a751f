import { expect, it } from 'vitest';

import { createQueue } from './queue';

it('runs a limited number at once, in order, and goes on after a failure', async () => {
  const run = createQueue(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const { signal } = new AbortController();
  const task = (number: number) => () => {
    begun.push(number);
    return new Promise<number>((resolve, reject) => {
      ends[number] = () => (number === 0 ? reject(new Error('no')) : resolve(number));
    });
  };
  const results = [0, 1, 2, 3].map((number) => run(task(number), signal));
  const failed = results[0]?.catch((error: Error) => error.message);
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends[0]?.();
  expect(await failed).toBe('no');
  await new Promise((resolve) => setTimeout(resolve));
  expect(begun).toEqual([0, 1, 2]);
  ends[1]?.();
  ends[2]?.();
  await new Promise((resolve) => setTimeout(resolve));
  ends[3]?.();
  expect(await Promise.all(results.slice(1))).toEqual([1, 2, 3]);
});

it('does not begin what was cancelled while it waited', async () => {
  const run = createQueue(1);
  const abort = new AbortController();
  let end = () => {};
  const first = run(() => new Promise<void>((resolve) => (end = resolve)), new AbortController().signal);
  const second = run(() => Promise.resolve('ran'), abort.signal).catch(() => 'cancelled');
  abort.abort();
  end();
  await first;
  expect(await second).toBe('cancelled');
  expect(await run(() => Promise.resolve('ran'), new AbortController().signal)).toBe('ran');
});
