import { describe, expect, it } from 'vitest';

import { beforeOf, filterOf, readWhere, writeWhere } from './params';

const none = { wrong: false, old: false, kind: undefined, key: undefined, where: undefined };

describe('filterOf', () => {
  it('is null if nothing is filtered, and leaves out what is not known', () => {
    expect(filterOf(none)).toBeNull();
    expect(filterOf({ ...none, kind: 'CAT' })).toBeNull();
  });

  it('joins all conditions', () => {
    expect(filterOf({ wrong: true, old: true, kind: 'LABEL', key: 'a/', where: 'class=3' })).toEqual({
      wrong: true,
      isHead: false,
      kinds: ['LABEL'],
      keyPrefix: 'a/',
      attribute: { path: 'class', equals: 3 },
    });
  });
});

describe('where', () => {
  it('reads JSON, texts and paths alone', () => {
    expect(readWhere('class=3')).toEqual({ path: 'class', equals: 3 });
    expect(readWhere('name=tabby cat')).toEqual({ path: 'name', equals: 'tabby cat' });
    expect(readWhere('name="3"')).toEqual({ path: 'name', equals: '3' });
    expect(readWhere('note=a=b')).toEqual({ path: 'note', equals: 'a=b' });
    expect(readWhere('class')).toEqual({ path: 'class', exists: true });
  });

  it('is read as it was written', () => {
    for (const value of [3, -0.5, 'cat', '3', 'true', '', null, true, ['a'], { x: 1 }, '"quoted"', 'a=b', '{broken']) {
      expect(readWhere(writeWhere('a.b', value))).toEqual({ path: 'a.b', equals: value });
    }
  });
});

describe('beforeOf', () => {
  it('is the version before one whose number is known', () => {
    expect(beforeOf('n/TRAINING_SET/a#b/c#12')).toEqual({ before: 'n/TRAINING_SET/a#b/c#11', hasBefore: true });
  });

  it('is none of a first version, without a number, and of other kinds', () => {
    for (const ref of ['n/TRAINING_SET/a#1', 'n/TRAINING_SET/a', 'n/TRAINING_SET/a@current', 'n/MODEL/a#2', 'version:12345678']) {
      expect(beforeOf(ref)).toEqual({ before: ref, hasBefore: false });
    }
  });
});
