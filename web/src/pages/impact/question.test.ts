import { expect, test } from 'vitest';

import { traceCommand, wrongOf } from './question';

const asked = (wrong: string, more: object = {}) =>
  traceCommand({ seq: '26', wrong: wrongOf(wrong) ?? { all: {} }, heads: false, restored: false, ...more });

test('the command asks the question of the page', () => {
  expect(asked('all')).toBe('stemma trace --all --as-of 26');
  expect(asked('commit:25', { known: { seq: '36' } })).toBe("stemma trace --commit '25' --as-of 26 --known-at 36");
  expect(asked('mnist/LABEL/test/00947#1, a/LABEL/b#2', { restored: true })).toBe(
    "stemma trace 'mnist/LABEL/test/00947#1' 'a/LABEL/b#2' --as-of 26 --include-restored",
  );
});

test('the command line has no option for only current versions and for tags', () => {
  expect(asked('all', { heads: true })).toBeUndefined();
  expect(asked('all', { tagged: ['production'] })).toBeUndefined();
});

test('no text of the address leaves its quotes', () => {
  expect(asked('commit:1;reboot')).toBe("stemma trace 'commit:1;reboot' --as-of 26");
  expect(asked("a/LABEL/it's; reboot")).toBe("stemma trace 'a/LABEL/it'\\''s; reboot' --as-of 26");
});
