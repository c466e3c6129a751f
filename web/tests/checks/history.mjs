import { at, settled } from '../browser.mjs';
import { unlike } from './shown.mjs';

/**
 * From the past to now, back and forward: the address and the answer belong together.
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 */
export async function history({ page, wrong }, entry) {
  const { 26: past, now } = entry.at;
  if (past === undefined || now === undefined) return [];
  await page.goto(at(entry.path, '26'));
  await settled(page);
  const button = page.locator('.asof').getByRole('button', { name: 'now', exact: true });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.searchParams.has('asOf'));
  await settled(page);
  const found = (await unlike(page, now)).map((problem) => `after “now”: ${problem}`);
  await page.goBack();
  await page.waitForURL((url) => url.searchParams.get('asOf') === '26');
  await settled(page);
  found.push(...(await unlike(page, past)).map((problem) => `after going back: ${problem}`));
  await page.goForward();
  await page.waitForURL((url) => !url.searchParams.has('asOf'));
  await settled(page);
  found.push(...(await unlike(page, now)).map((problem) => `after going forward: ${problem}`));
  return [...found, ...wrong];
}
