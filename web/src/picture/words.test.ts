import { expect, it } from 'vitest';

import { classInWords } from './words';

it('names classes of all kinds', () => {
  const words = [{ class: 'wren' }, { class: 8, name: '8' }, { class: 3, name: 'cat' }, { class: ['a', 2] }, { class: null }, {}, { caption: 'A bird.' }];
  expect(words.map(classInWords)).toEqual(['wren', '8', '3 (cat)', 'a, 2', 'no class', 'no class', '“A bird.”']);
});
