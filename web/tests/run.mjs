/**
 * Checks the pages in a browser, against a server with the demo's data (`stemma demo`):
 *
 *     npm run test:browser -- --base http://127.0.0.1:8080 [--only impact,log] [--checks cold,take] [--jobs 5] [--verbose]
 *
 * With `--dashboard http://127.0.0.1:8090`, `examples/dashboard` is served there and checked too; the server must have been
 * started with that as `--allow-origin`.
 *
 * The browser is `$CHROMIUM`, or else /usr/bin/chromium. What is checked of which page is in `pages.mjs`, of
 * the playground in `playground.mjs`, of the example in `dashboard.mjs`, and how the main question is answered in
 * `question.mjs`.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { launch, visit } from './browser.mjs';
import { again } from './checks/again.mjs';
import { cold } from './checks/cold.mjs';
import { history } from './checks/history.mjs';
import { keyboard } from './checks/keyboard.mjs';
import { part, states } from './checks/states.mjs';
import { steps } from './checks/steps.mjs';
import { take } from './checks/take.mjs';
import { whole } from './checks/whole.mjs';
import { dashboard, serveDashboard } from './dashboard.mjs';
import { pages } from './pages.mjs';
import { playground } from './playground.mjs';
import { question } from './question.mjs';

const { values: options } = parseArgs({
  options: {
    base: { type: 'string' },
    dashboard: { type: 'string' },
    only: { type: 'string' },
    checks: { type: 'string' },
    jobs: { type: 'string', default: '6' },
    chromium: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

/**
 * @typedef {object} Task
 * @property {string} name
 * @property {(visit: import('./browser.mjs').Visit) => Promise<string[]>} run
 * @property {string} [from] The origin of the page, if it is not that of the server.
 */

/** @param {import('./pages.mjs').Entry} entry @returns {Task[]} */
function tasksOf(entry) {
  const isFirst = entry === pages.find(({ path }) => pageOf(path) === pageOf(entry.path));
  const moments = /** @type {import('./pages.mjs').Moment[]} */ (Object.keys(entry.at));
  const all = [
    ...moments.map((moment) => ({ check: 'cold', name: `cold load at ${moment}`, run: (/** @type {import('./browser.mjs').Visit} */ one) => cold(one, entry, moment) })),
    ...Object.entries({ ...(isFirst && { states, part, history }), keyboard, take, ...(entry.marks && { steps }), ...(entry.rows && { whole }), ...(entry.again && { again }) }).map(([check, run]) => ({
      check,
      name: check,
      run: (/** @type {import('./browser.mjs').Visit} */ one) => run(one, entry),
    })),
  ];
  const wanted = options.checks?.split(',');
  return all.filter(({ check }) => wanted?.includes(check) ?? true).map(({ name, run }) => ({ name: `${entry.name}: ${name}`, run }));
}

/** The paths of all pages. */
const routes = new Set(
  [...(await readFile(new URL('../src/routes.ts', import.meta.url), 'utf8')).matchAll(/^ *page\('(\w*)'/gm)].map(([, path]) => `/${path}`),
);

/** @param {string} path */
const pageOf = (path) => path.replace(/\?.*/, '');

/** @param {string} base */
async function isDemo(base) {
  const response = await fetch(new URL('graphql', base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: '{ commit(seq: "25") { message } }' }),
  }).catch(() => undefined);
  const answer = await response?.json().catch(() => undefined);
  return answer?.data?.commit?.message === 'reviews of suspected labels of MNIST';
}

async function main() {
  const base = options.base;
  if (base === undefined) throw new Error('expected --base, the address of a server with the demo, such as --base http://127.0.0.1:8080');
  if (!(await isDemo(base))) throw new Error(`expected the demo's data at ${base}, found none: start it with \`stemma demo\``);
  const only = options.only?.split(',');
  const twice = pages.filter(({ name }, at) => pages.findIndex((other) => other.name === name) !== at);
  if (twice.length > 0) throw new Error(`expected names of their own in tests/pages.mjs, found twice: ${twice.map(({ name }) => name).join(', ')}`);
  const known = ['playground', 'question', 'dashboard', ...pages.map(({ name }) => name)];
  const unknown = only?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`expected names of pages for --only, found ${unknown.join(', ')}; use some of: ${known.join(', ')}`);
  const wanted = pages.filter(({ name, path }) => only?.includes(name) ?? routes.has(pageOf(path)));
  if (only === undefined) {
    for (const { name } of pages.filter((entry) => !wanted.includes(entry))) console.log(`skipped ${name}: web/src/routes.ts has no such page`);
    const missing = [...routes].filter((route) => !pages.some(({ path }) => pageOf(path) === route));
    if (missing.length > 0) throw new Error(`expected a deep link to every page in tests/pages.mjs, found none to ${missing.join(', ')}`);
  }
  const isWanted = (/** @type {string} */ name) => (only?.includes(name) ?? true) && options.checks === undefined;
  const origin = options.dashboard;
  if (only === undefined && origin === undefined) console.log('skipped the dashboard: --dashboard names no origin for it');
  /** @type {Task[]} */
  const tasks = [
    ...wanted.flatMap(tasksOf),
    ...(isWanted('question') ? question.map(({ name, run }) => ({ name: `question: ${name}`, run })) : []),
    ...(isWanted('playground') ? playground.map(({ name, run }) => ({ name: `playground: ${name}`, run })) : []),
    ...(origin !== undefined && isWanted('dashboard') ? dashboard(base).map(({ name, run }) => ({ name: `dashboard: ${name}`, run, from: origin })) : []),
  ];
  const stopDashboard = origin === undefined ? undefined : await serveDashboard(origin);
  const shots = join(tmpdir(), 'stemma-pages');
  await mkdir(shots, { recursive: true });
  const browser = await launch(options.chromium);
  const begun = Date.now();
  const queue = [...tasks];
  let bad = 0;

  async function worker() {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      const start = Date.now();
      const one = await visit(browser, task.from ?? /** @type {string} */ (base), task.from === undefined ? [] : [/** @type {string} */ (base), 'http://127.0.0.1:9']);
      const problems = await task.run(one).catch((error) => [error instanceof Error ? error.message : String(error)]);
      if (problems.length > 0) {
        bad += 1;
        const shot = join(shots, `${task.name.replaceAll(/\W+/g, '-')}.png`);
        await one.page.screenshot({ path: shot }).catch(() => undefined);
        console.log(`FAILED  ${task.name} (${one.page.url()}, picture: ${shot})`);
        for (const problem of problems) console.log(`        ${problem}`);
      } else if (options.verbose) {
        console.log(`ok      ${task.name} (${Date.now() - start} ms)`);
      }
      await one.close();
    }
  }

  await Promise.all(Array.from({ length: Math.max(1, Number(options.jobs)) }, worker));
  await browser.close();
  stopDashboard?.();
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  console.log(`${tasks.length - bad} of ${tasks.length} checks of ${wanted.length} deep links passed in ${seconds} s`);
  process.exitCode = bad === 0 ? 0 : 1;
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
