import { describe, expect, it } from 'vitest';

import { shortNameOf } from './find';

describe('a short name', () => {
  it('is read as pages write it and as people say it', () => {
    const name = { namespace: 'mnist', key: 'test/00947' };
    expect(shortNameOf('mnist/test/00947')).toEqual(name);
    expect(shortNameOf('mnist test/00947')).toEqual(name);
    expect(shortNameOf('mnist/test/00947#1')).toEqual({ ...name, number: 1 });
  });

  it('has a namespace and a key', () => {
    for (const typed of ['00947', 'MNIST/test', 'mnist/', 'mnist/test@tag', 'mnist/test#x']) expect(shortNameOf(typed)).toBeUndefined();
  });
});
