import { at, settled } from '../browser.mjs';

/**
 * The keys of moments and rows: `,` and `.` step between the marks of the page, `n` goes to now, `j` and `k` go through
 * the rows of its tables, `x` opens one.
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 */
export async function steps({ page }, entry) {
  const marks = entry.marks ?? [];
  await page.goto(at(entry.path, '26'));
  await settled(page);
  await page.locator('.asof-steps').waitFor();
  /** @type {string[]} */
  const found = [];
  const pressed = async (/** @type {string} */ key, /** @type {string | null} */ seq) => {
    await page.keyboard.press(key);
    await page.waitForURL((url) => url.searchParams.get('asOf') === seq).catch(() => found.push(`expected \`${key}\` to lead to ${seq ?? 'now'}, found ${page.url()}`));
    await settled(page);
  };
  for (const seq of marks) await pressed(',', seq);
  if (marks.length > 1) await pressed('.', marks.at(-2) ?? null);
  await pressed('n', null);
  const names = await page.locator('main tbody tr').evaluateAll((rows) => rows.flatMap((row) => row.querySelector('th :is(a, button), :is(a, button)')?.textContent ?? []));
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  for (const [key, name] of names.length > 1 ? [['j', names[0]], ['j', names[1]], ['k', names[0]]] : []) {
    await page.keyboard.press(String(key));
    const here = await focused();
    if (here !== name) found.push(`expected \`${key}\` to go to the row “${name}”, found “${here}”`);
  }
  if (entry.opened !== undefined) {
    await page.keyboard.press('x');
    await page.getByText(entry.opened).waitFor().catch(() => found.push(`expected \`x\` to show “${entry.opened}”`));
  }
  return found;
}
