import { at, settled } from '../browser.mjs';

/**
 * Lists with more than one page are saved as a whole, from whatever page is shown, and Cancel saves nothing.
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 */
export async function whole({ page }, entry) {
  await page.goto(at(entry.path, 'now'));
  await settled(page);
  /** @type {string[]} */
  const found = [];
  for (const [title, rows] of Object.entries(entry.rows ?? {})) found.push(...(await wholeList(page, title, rows)));
  return found;
}

/** @param {import('playwright-core').Page} page @param {string} title @param {number} wanted */
async function wholeList(page, title, wanted) {
  const block = page.getByRole('region', { name: title, exact: true });
  const begin = async () => {
    await block.getByRole('button', { name: 'Take it with you' }).click();
    await block.getByRole('button', { name: 'Save all pages as CSV' }).click();
  };
  await block.getByRole('button', { name: 'Next' }).click();
  await settled(page);
  /** @type {string[]} */
  const found = [];
  const saved = page.waitForEvent('download', { timeout: 60_000 });
  await begin();
  const stream = await (await saved).createReadStream();
  let csv = '';
  for await (const chunk of stream) csv += chunk;
  const rows = csv.trimEnd().split('\r\n').length - 1;
  if (rows !== wanted) found.push(`expected all ${wanted} rows of “${title}”, found ${rows}`);
  await page.route('**/graphql', () => undefined);
  await begin();
  await block.getByRole('button', { name: 'Cancel' }).click();
  await block.getByText('Cancelled: nothing was saved.').waitFor().catch(() => found.push('expected Cancel to say that nothing was saved'));
  await page.unroute('**/graphql');
  return found;
}
