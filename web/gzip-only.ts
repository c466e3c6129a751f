import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

/** The offset of the operating system in a gzip header (RFC 1952, 2.3.1), and its value for "unknown". */
const OS_BYTE = 9;
const OS_UNKNOWN = 255;

/**
 * Replaces every file of the finished build by its gzipped form, `x.js` by `x.js.gz`: the server embeds only those.
 * The output is reproducible: Node writes no time and no name into the header, and the operating system is erased here.
 */
export function gzipOnly(): Plugin {
  let outDir = '';
  return {
    name: 'stemma:gzip-only',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.gz'));
      await Promise.all(files.map((file) => gzip(join(file.parentPath, file.name))));
    },
  };
}

async function gzip(path: string): Promise<void> {
  const packed = gzipSync(await readFile(path), { level: 9 });
  packed[OS_BYTE] = OS_UNKNOWN;
  await writeFile(`${path}.gz`, packed);
  await rm(path);
}
