import { at, settled } from '../browser.mjs';

/** Controls that every page has. */
const COMMON = ['link Skip to the page', 'searchbox Search, or paste a reference', 'link Impact', 'link Campaigns', 'button Keys', 'slider as of'];

/** More presses of Tab than a page has controls before those that an entry names. */
const MOST_TABS = 240;

/** How many times Tab is pressed before the page is asked what had the focus. */
const AT_ONCE = 16;

/**
 * Tab reaches the controls, focus is always visible, the menu and the list of keys open and close.
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 */
export async function keyboard({ page }, entry) {
  const moment = entry.at['now'] === undefined ? '26' : 'now';
  await page.goto(at(entry.path, moment));
  await settled(page);
  const hasBlock = (await page.locator('.take > button').count()) > 0;
  const wanted = new Set([...COMMON, ...(hasBlock ? ['button Take it with you'] : []), ...(entry.controls ?? [])]);
  /** @type {string[]} */
  const found = [];
  await page.evaluate(watchFocus);
  let invisible = '';
  for (let press = 0; press < MOST_TABS && wanted.size > 0; press += AT_ONCE) {
    for (let one = 0; one < AT_ONCE; one += 1) await page.keyboard.press('Tab');
    for (const { name, isVisible } of await page.evaluate(() => /** @type {any} */ (window).focused.splice(0))) {
      if (!isVisible && invisible === '') invisible = name;
      wanted.delete(name);
    }
  }
  found.push(...[...wanted].map((name) => `expected Tab to reach “${name}”, and it did not`));
  if (invisible !== '') found.push(`expected a visible focus, found none on “${invisible}”`);
  if (hasBlock) found.push(...(await menu(page)));
  found.push(...(await keys(page)));
  return found;
}

/** Runs in the page: collects the role and the name of what gets the focus. */
function watchFocus() {
  /** @type {{ name: string, isVisible: boolean }[]} */
  const focused = [];
  Object.assign(window, { focused });
  document.addEventListener('focusin', ({ target }) => target instanceof HTMLElement && focused.push(described(target)));

  /** @param {HTMLElement} element */
  function described(element) {
    const roles = { A: 'link', BUTTON: 'button', SELECT: 'combobox', SUMMARY: 'summary' };
    const types = { checkbox: 'checkbox', radio: 'radio', range: 'slider', search: 'searchbox', text: 'textbox' };
    const role =
      element.getAttribute('role') ??
      (element instanceof HTMLInputElement
        ? (types[/** @type {keyof typeof types} */ (element.type)] ?? element.type)
        : (roles[/** @type {keyof typeof roles} */ (element.tagName)] ?? element.tagName.toLowerCase()));
    // The text of a label without that of the control in it.
    const label = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels?.[0] : undefined;
    const texts = label === undefined || label === null ? [element.textContent] : [...label.childNodes].filter((node) => node !== element).map((node) => node.textContent);
    const name = element.getAttribute('aria-label') ?? texts.join(' ');
    const { outlineStyle } = getComputedStyle(element);
    return { name: `${role} ${name.replaceAll(/\s+/g, ' ').trim()}`, isVisible: outlineStyle !== 'none' };
  }
}

/** @param {import('playwright-core').Page} page */
async function menu(page) {
  const button = page.locator('.take > button').first();
  const isOpen = () => page.evaluate(() => document.querySelector('.take-menu:popover-open') !== null);
  await button.focus();
  await page.keyboard.press('Enter');
  if (!(await isOpen())) return ['expected Enter to open “Take it with you”, and it did not'];
  await page.keyboard.press('Escape');
  if (await isOpen()) return ['expected Escape to close “Take it with you”, and it did not'];
  const isBack = await button.evaluate((element) => document.activeElement === element);
  return isBack ? [] : ['expected the focus to be back on “Take it with you” after Escape'];
}

/** @param {import('playwright-core').Page} page */
async function keys(page) {
  const isOpen = () => page.evaluate(() => document.querySelector('dialog[open]') !== null);
  // In a field, these keys are typed.
  const leave = () => page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await leave();
  await page.keyboard.press('?');
  if (!(await isOpen())) return ['expected `?` to open the list of keys, and it did not'];
  await page.keyboard.press('Escape');
  if (await isOpen()) return ['expected Escape to close the list of keys, and it did not'];
  await leave();
  await page.keyboard.press('/');
  const isSearch = await page.evaluate(() => document.activeElement?.id === 'search');
  return isSearch ? [] : ['expected `/` to go to the search, and it did not'];
}
