import { settled } from '../browser.mjs';

/**
 * A later visit lists what became affected since the last one, until the reader has seen it.
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 */
export async function again({ page }, entry) {
  const { seq, has } = entry.again ?? { seq: '', has: '' };
  const title = `Newly affected since your last visit (seq ${seq})`;
  await page.goto(entry.path);
  await settled(page);
  /** @type {string[]} */
  const found = [];
  if ((await page.getByText('Newly affected').count()) > 0) found.push('expected nothing to be new on the first visit');
  await page.evaluate((stored) => localStorage.setItem('stemma:seen', stored), seq);
  await page.reload();
  await settled(page);
  const block = page.getByRole('region', { name: title });
  const text = (await block.innerText().catch(() => '')).replaceAll(/\s+/g, ' ');
  if (!text.includes(has)) return [...found, `expected “${title}” with “${has}”, found: ${text}`];
  await block.getByRole('button', { name: 'I have seen these' }).click();
  await block.waitFor({ state: 'detached' });
  await page.reload();
  await settled(page);
  if ((await page.getByText('Newly affected').count()) > 0) found.push('expected nothing to be new after it was seen');
  return found;
}
