import { execFile } from 'node:child_process';
import { isDeepStrictEqual, promisify } from 'node:util';

import { at, seenBy, settled } from '../browser.mjs';

const run = promisify(execFile);

/**
 * What is taken away is what is on the screen: the copied curl, run in a shell, gives the answer that the page got,
 * with its rows; the saved table has as many rows as the screen.
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 */
export async function take({ page, answered }, entry) {
  const moment = entry.at['26'] === undefined || entry.at['26'].state === 'failed' ? 'now' : '26';
  await page.goto(at(entry.path, moment));
  await settled(page);
  /** @type {string[]} */
  const found = [];
  /** The output of each command: several blocks may show one answer. @type {Map<string, string>} */
  const runs = new Map();
  for (const block of await page.locator('main section.block').all()) {
    if ((await block.locator('.take > button').count()) === 0) continue;
    const title = await block.getAttribute('aria-label');
    found.push(...(await takeBlock(page, block, answered, runs)).map((problem) => `block “${title}”: ${problem}`));
  }
  return found;
}

/**
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Locator} block
 * @param {import('../browser.mjs').Answered[]} answered
 * @param {Map<string, string>} runs
 */
async function takeBlock(page, block, answered, runs) {
  await choose(block, 'Copy curl');
  const { copied } = await seenBy(page);
  const stdout = runs.get(copied) ?? (await run('sh', ['-c', copied]).catch((error) => ({ stdout: String(error) }))).stdout;
  runs.set(copied, stdout);
  /** @type {string[]} */
  const found = [];
  const answer = parsed(stdout);
  if (answer?.data === undefined) return [`expected the copied curl to give an answer, found: ${stdout.slice(0, 300)}\n${copied}`];
  if (!answered.some(({ text }) => isDeepStrictEqual(parsed(text)?.data, answer.data))) found.push('expected the answer of the copied curl to be one that the page got');
  const names = namesIn(answer.data);
  const links = await block.locator('tbody th[scope="row"] a').allInnerTexts();
  const strange = links.filter((text) => !names.has(text.trim()) && !names.has(text.replace(/^\D+ (?=\d+$)/, '').trim()));
  if (strange.length > 0) found.push(`expected all rows in the answer of the copied curl, did not find ${strange.slice(0, 3).join(', ')}`);
  const rows = await block.locator('tbody tr').count();
  if ((await block.getByRole('button', { name: 'Save these rows as CSV', includeHidden: true }).count()) > 0 && links.length > 0) {
    const saved = page.waitForEvent('download');
    await choose(block, 'Save these rows as CSV');
    const stream = await (await saved).createReadStream();
    let csv = '';
    for await (const chunk of stream) csv += chunk;
    const lines = linesOf(csv) - 1;
    if (lines !== rows) found.push(`expected ${rows} rows in the saved table, as on the screen, found ${lines}`);
  }
  return found;
}

/** @param {import('playwright-core').Locator} block @param {string} name */
async function choose(block, name) {
  const menu = block.locator('.take-menu');
  if (!(await menu.isVisible())) await block.locator('.take > button').click();
  await menu.getByRole('button', { name, exact: true }).click();
  // An open menu may cover the button of the next block.
  await block.page().keyboard.press('Escape');
}

/** @param {string} text @returns {{ data?: unknown } | undefined} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The names of all versions, items and commits in an answer, as tables write them.
 *
 * @param {unknown} value
 * @param {Set<string>} [names]
 */
function namesIn(value, names = new Set()) {
  if (Array.isArray(value)) {
    for (const entry of value) namesIn(entry, names);
  } else if (typeof value === 'object' && value !== null) {
    const { namespace, key, number, item, head, seq } = /** @type {Record<string, any>} */ (value);
    const own = item ?? { namespace, key };
    if (typeof own.key === 'string') {
      names.add(`${own.namespace}/${own.key}`);
      for (const one of [number, head?.number]) if (one !== undefined) names.add(`${own.namespace}/${own.key}#${one}`);
    }
    if (typeof seq === 'string') names.add(seq);
    for (const entry of Object.values(value)) namesIn(entry, names);
  }
  return names;
}

/** The number of records of a table in RFC 4180. @param {string} csv */
function linesOf(csv) {
  return csv.split('"').filter((_, at) => at % 2 === 0).join('').split('\r\n').length - 1;
}
