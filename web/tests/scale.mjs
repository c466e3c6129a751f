/**
 * Checks the pages on a large store: DOM nodes, requests and bytes of each, and how long the first answer takes:
 *
 *     npm run test:scale -- --stemma ../target/debug/stemma
 *     npm run test:scale -- --stemma ../target/release/stemma --versions 1000000 --times 20
 *
 * Makes the store with `stemma import` in a temporary folder (or in `--data`, where a later run finds it), and serves it.
 * `--base` asks a server of this store that runs already. `--times` loads each page so often, each time as a new visitor,
 * and prints the times; then a page also fails if its first answer takes more than a second at the 95th percentile.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { launch, seenBy, settled, textOf, visit } from './browser.mjs';
import { corrections, CORRECTIONS, links, records, write, firstWrong } from './scale/world.mjs';

/** A page asks for the newest commit first. Requests are counted until it is still. */
const MOST = { nodes: 3_000, requests: 3, bytes: 60_000, ms: 1_000 };

const NAMES = { nodes: 'DOM nodes', requests: 'requests in all', bytes: 'bytes of JSON' };

/** What is asked after the answers, once nothing else is, is asked within this time. */
const STILL_MS = 400;

const { values: options } = parseArgs({
  options: {
    stemma: { type: 'string' },
    base: { type: 'string' },
    data: { type: 'string' },
    versions: { type: 'string', default: '100000' },
    times: { type: 'string', default: '1' },
    only: { type: 'string' },
    chromium: { type: 'string' },
  },
});

/** @param {string} stemma @param {string} folder @param {string} data */
async function fill(stemma, folder, data) {
  const versions = Number(options.versions);
  const begun = Date.now();
  for (const [name, all, batch] of /** @type {const} */ ([
    ['records', records(versions), 1000],
    ['corrections', corrections(versions), CORRECTIONS],
  ])) {
    const file = join(folder, `${name}.ndjson`);
    await write(file, all);
    const { status, stderr } = spawnSync(stemma, ['import', file, '--batch', String(batch), '--data', data], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`stemma import failed: ${stderr}`);
    await rm(file);
  }
  console.log(`made a store of ${versions} versions in ${((Date.now() - begun) / 1000).toFixed(0)} s`);
}

/** Returns its address, and what ends it. @param {string} stemma @param {string} data */
async function serve(stemma, data) {
  const server = spawn(stemma, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--log', 'warn'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  let said = '';
  for await (const text of server.stdout) {
    said += text;
    const base = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0];
    if (base !== undefined) return { base, stop: () => (server.kill(), ended) };
  }
  throw new Error(`expected an address of stemma serve, found: ${said}`);
}

/** Returns the newest commit and the hash of the first version that was wrong. @param {string} base @returns {Promise<{ seq: string, hash: string }>} */
async function named(base) {
  const response = await fetch(new URL('graphql', base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: 'query($id: ID!) { view { seq } version(id: $id) { hash } }', variables: { id: firstWrong } }),
  });
  const { view, version } = (await response.json()).data;
  return { seq: view.seq, hash: version.hash };
}

/** @typedef {{ nodes: number, requests: number, bytes: number, ms: number[], problems: string[] }} Found */

/** @param {import('playwright-core').Browser} browser @param {string} base @param {string} path @returns {Promise<Found>} */
async function load(browser, base, path) {
  /** @type {Found} */
  const found = { nodes: 0, requests: 0, bytes: 0, ms: [], problems: [] };
  for (let time = 0; time < Number(options.times); time += 1) {
    const { page, answered, wrong, close } = await visit(browser, base);
    await page.goto(path);
    await settled(page);
    await page.waitForTimeout(STILL_MS);
    await settled(page);
    const { sent, firstAt } = await seenBy(page);
    const states = await page.locator('main [data-state]').evaluateAll((blocks) => blocks.map((block) => /** @type {HTMLElement} */ (block).dataset['state']));
    if (states.includes('failed') || !states.some((state) => state === 'whole' || state === 'part')) {
      wrong.push(`expected an answer, found ${states.join(', ')}: ${(await textOf(page)).slice(0, 300)}`);
    }
    found.nodes = Math.max(found.nodes, await page.evaluate(() => document.querySelectorAll('*').length));
    found.requests = Math.max(found.requests, sent);
    found.bytes = Math.max(found.bytes, answered.reduce((sum, { text }) => sum + text.length, 0));
    found.ms.push(firstAt);
    found.problems.push(...wrong);
    await close();
  }
  for (const part of /** @type {const} */ (['nodes', 'requests', 'bytes'])) {
    if (found[part] > MOST[part]) found.problems.push(`expected at most ${MOST[part]} ${NAMES[part]}, found ${found[part]}`);
  }
  if (found.ms.length > 1 && percentile(found.ms, 0.95) > MOST.ms) found.problems.push(`expected the first answer within ${MOST.ms} ms, found ${percentile(found.ms, 0.95)} ms`);
  return found;
}

/** @param {number[]} all @param {number} share */
function percentile(all, share) {
  const ordered = all.toSorted((a, b) => a - b);
  return Math.round(ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))] ?? NaN);
}

/** @param {string} base */
async function check(base) {
  const browser = await launch(options.chromium);
  const { seq, hash } = await named(base);
  const only = options.only?.split(',');
  let bad = 0;
  console.log('| page | DOM nodes | requests | bytes | first answer, median | 95th |\n|---|---|---|---|---|---|');
  for (const [name, path] of Object.entries(links).filter(([name]) => only?.includes(name) ?? true)) {
    const found = await load(browser, base, path.replace('LAST', seq).replace('WRONG', hash));
    console.log(`| ${name} | ${found.nodes.toLocaleString('en')} | ${found.requests} | ${found.bytes.toLocaleString('en')} | ${percentile(found.ms, 0.5)} ms | ${percentile(found.ms, 0.95)} ms |`);
    for (const problem of new Set(found.problems)) console.log(`FAILED  ${name}: ${problem}`);
    bad += found.problems.length > 0 ? 1 : 0;
  }
  await browser.close();
  process.exitCode = bad === 0 ? 0 : 1;
}

async function main() {
  if (options.base !== undefined) return check(options.base);
  if (options.stemma === undefined) throw new Error('expected --stemma, the program, such as --stemma ../target/debug/stemma, or --base');
  const folder = await mkdtemp(join(tmpdir(), 'stemma-scale-'));
  try {
    const data = options.data ?? join(folder, 'data');
    if (!existsSync(data)) await fill(options.stemma, folder, data);
    const { base, stop } = await serve(options.stemma, data);
    await check(base).finally(stop);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
