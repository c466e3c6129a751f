import { at, settled } from '../browser.mjs';

/**
 * A list with more than one page is saved as a whole, from whatever page is shown, and Cancel saves nothing.
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 */
export async function whole({ page }, entry) {
  await page.goto(at(entry.path, 'now'));
  await settled(page);
  await page.getByRole('button', { name: 'Next' }).first().click();
  await settled(page);
  const block = page.locator('section.block', { has: page.getByRole('button', { name: 'Save all pages as CSV', includeHidden: true }) }).first();
  const begin = async () => {
    await block.getByRole('button', { name: 'Take it with you' }).click();
    await block.getByRole('button', { name: 'Save all pages as CSV' }).click();
  };
  /** @type {string[]} */
  const found = [];
  const saved = page.waitForEvent('download', { timeout: 60_000 });
  await begin();
  const stream = await (await saved).createReadStream();
  let csv = '';
  for await (const chunk of stream) csv += chunk;
  const rows = csv.trimEnd().split('\r\n').length - 1;
  if (rows !== entry.rows) found.push(`expected all ${entry.rows} rows, found ${rows}`);
  await page.route('**/graphql', () => undefined);
  await begin();
  await block.getByRole('button', { name: 'Cancel' }).click();
  await block.getByText('Cancelled: nothing was saved.').waitFor().catch(() => found.push('expected Cancel to say that nothing was saved'));
  return found;
}
