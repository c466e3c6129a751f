import { describe, expect, it } from 'vitest';

import { bytesInWords, imageTypeOf, isText } from './format';

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('imageTypeOf', () => {
  it('recognises what every browser shows', () => {
    expect(imageTypeOf(bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR and more'))).toBe('image/png');
    expect(imageTypeOf(bytes('\xff\xd8\xff\xe0'))).toBe('image/jpeg');
    expect(imageTypeOf(bytes('RIFF\x10\0\0\0WEBPVP8 '))).toBe('image/webp');
    expect(imageTypeOf(bytes('\0\0\0\x20ftypavif'))).toBe('image/avif');
  });

  it('takes nothing else for an image', () => {
    for (const other of ['', 'II*\0', '<svg xmlns=', 'RIFF\x10\0\0\0WAVE', '\0\0\0\x20ftypheic', 'x\x89PNG']) {
      expect(imageTypeOf(bytes(other))).toBeUndefined();
    }
  });
});

describe('bytesInWords', () => {
  it('has two or three digits', () => {
    const words = [0, 1, 999, 1_000, 4_200_000, 99_950, 999_949, 999_950, 3_000_000_000];
    expect(words.map(bytesInWords)).toEqual(['0 bytes', '1 byte', '999 bytes', '1.0 kB', '4.2 MB', '100 kB', '1.0 MB', '1.0 MB', '3.0 GB']);
  });
});

describe('isText', () => {
  it('reads the media type alone', () => {
    expect(['text/plain; charset=utf-8', 'application/json'].map(isText)).toEqual([true, true]);
    expect([null, 'image/png', 'application/json-seq'].map(isText)).toEqual([false, false, false]);
  });
});
