/**
 * Checks the sizes of a finished build, packed as they are sent:
 *
 *     npm run build && npm run test:sizes -- dist
 *
 * The first page is what Home loads; the lineage page may load more when it draws. The playground's editor is not counted.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const KB = 1000;
const MOST = { first: 100 * KB, lineage: 110 * KB, css: 15 * KB };

/** @typedef {{ file: string, imports?: string[], dynamicImports?: string[], css?: string[], assets?: string[] }} Chunk */

const folder = process.argv[2];
if (folder === undefined) {
  console.error('expected the folder of a build: npm run test:sizes -- dist');
  process.exit(2);
}
/** @type {Record<string, Chunk>} */
const chunks = JSON.parse(gunzipSync(await readFile(join(folder, 'manifest.json.gz'))).toString());

/** @param {string} name @returns {Chunk} */
function chunk(name) {
  const found = chunks[name];
  if (found === undefined) throw new Error(`expected the chunk ${name} in the manifest, found none`);
  return found;
}

/** The chunks that are loaded with these. @param {string[]} names */
function loaded(names) {
  const all = new Set(names);
  for (const name of all) chunk(name).imports?.forEach((imported) => all.add(imported));
  return all;
}

/** @param {Iterable<string>} files */
async function bytes(files) {
  const sizes = await Promise.all([...new Set(files)].map(async (file) => (await stat(join(folder ?? '', `${file}.gz`))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @param {Iterable<string>} names */
const scripts = (names) => [...names].map((name) => chunk(name).file).filter((file) => file.endsWith('.js'));

const first = loaded(['index.html', 'src/pages/home/Page.tsx']);
const page = loaded(['src/pages/lineage/Page.tsx']);
const drawing = loaded([...page].flatMap((name) => (name === 'index.html' ? [] : (chunk(name).dynamicImports ?? []))));
const lineage = new Set([...page, ...drawing].filter((name) => !first.has(name)));
const workers = [...lineage].flatMap((name) => chunk(name).assets ?? []).filter((file) => file.endsWith('.js'));
const pages = loaded(Object.keys(chunks).filter((name) => name === 'index.html' || name.startsWith('src/')));

const found = {
  first: await bytes(scripts(first)),
  lineage: await bytes([...scripts(lineage), ...workers]),
  css: await bytes([...pages].flatMap((name) => chunk(name).css ?? [])),
};
if (workers.length === 0) throw new Error('expected a worker for the layout among the assets of the lineage page, found none');
for (const name of /** @type {const} */ (['first', 'lineage', 'css'])) {
  const fits = found[name] <= MOST[name];
  console.log(`${fits ? 'ok    ' : 'FAILED'}  ${name}: ${(found[name] / KB).toFixed(1)} kB of ${MOST[name] / KB} kB`);
  if (!fits) process.exitCode = 1;
}
