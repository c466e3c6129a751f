import { at, operationOf, settled, textOf } from '../browser.mjs';
import { unlike } from './shown.mjs';

/** The questions of the shell, which are not the page's. */
const SHELL = ['Head', 'MomentAt'];

/**
 * Asking, then failed, then the answer: the server holds the questions of the page back, breaks the connection, and
 * is there again. (`whole` and `none` are in the golden answers.)
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 */
export async function states({ page }, entry) {
  const { moment, shown } = lastOf(entry);
  let isDown = true;
  let release = () => {};
  const held = new Promise((resolve) => (release = () => resolve(undefined)));
  await page.route('**/graphql', async (route) => {
    if (!isDown || !isOfPage(route)) return route.continue();
    await held;
    return route.abort();
  });
  await page.goto(at(entry.path, moment));
  // A page that asks nothing, because its address says enough, cannot wait or fail.
  if (await asksNothing(page)) return [];
  await page.locator('main [data-state="asking"]').first().getByRole('button', { name: 'Cancel' }).waitFor();
  const waiting = await textOf(page);
  const found = /Asked \d+\.\d s ago/.test(waiting) ? [] : [`expected the page to say how long it has asked, found: ${waiting.slice(0, 300)}`];
  release();
  const failure = page.locator('main [data-state="failed"]').first();
  await failure.waitFor();
  const text = await failure.innerText();
  if (!text.includes('cannot be reached')) found.push(`expected the failure to say that the server cannot be reached, found: ${text}`);
  isDown = false;
  const again = page.getByRole('button', { name: 'Ask again' });
  for (let most = 6; most > 0 && (await again.count()) > 0; most -= 1) {
    await again.first().click();
    await settled(page);
  }
  found.push(...(await unlike(page, shown)).map((problem) => `after “Ask again”: ${problem}`));
  return found;
}

/**
 * An answer that is not complete, as a large store gives it.
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 */
export async function part({ page }, entry) {
  if (!entry.hasParts) return [];
  await page.route('**/graphql', async (route) => {
    if (!isOfPage(route)) return route.continue();
    const response = await route.fetch();
    const answer = JSON.parse(await response.text(), (_, value) =>
      value !== null && typeof value === 'object' && value.complete === true ? { ...value, complete: false, incompleteReason: 'EDGES', resume: 'x' } : value,
    );
    return route.fulfill({ response, json: answer });
  });
  await page.goto(at(entry.path, lastOf(entry).moment));
  await settled(page);
  const text = await textOf(page);
  const states = await page.locator('main [data-state="part"]').count();
  return [
    ...(states > 0 ? [] : ['expected the state part for an answer that is not complete']),
    ...(/not the whole answer|so far/.test(text) ? [] : [`expected the page to say that the answer is not whole, found: ${text.slice(0, 300)}`]),
  ];
}

/** @param {import('../pages.mjs').Entry} entry */
function lastOf(entry) {
  const moment = /** @type {const} */ (['now', '26', '24']).find((known) => entry.at[known] !== undefined) ?? 'now';
  return { moment, shown: /** @type {import('../pages.mjs').Shown} */ (entry.at[moment]) };
}

/** @param {import('playwright-core').Route} route */
function isOfPage(route) {
  return !SHELL.includes(operationOf(route.request().postDataJSON().query));
}

/** @param {import('playwright-core').Page} page */
async function asksNothing(page) {
  await page.locator('main h1').waitFor();
  return (await page.locator('main .block').count()) === 0;
}
