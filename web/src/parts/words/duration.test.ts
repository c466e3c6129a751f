import { expect, test } from 'vitest';

import { duration } from './duration';

test.each([
  [0, '0 s'],
  [0.013, 'under 1 s'],
  [1, '1 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [61, '1 min 1 s'],
  [3_600, '1 h'],
  [7_199, '1 h 59 min'],
  [86_400, '1 d'],
  [187_200, '2 d 4 h'],
  [864_059, '10 d'],
])('%s seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});
