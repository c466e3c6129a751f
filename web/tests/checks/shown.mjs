import { textOf } from '../browser.mjs';

/**
 * Compares the page with what it should show.
 *
 * @param {import('playwright-core').Page} page
 * @param {import('../pages.mjs').Shown} shown
 * @returns {Promise<string[]>} what is not as it should be
 */
export async function unlike(page, { has, lacks = [], state = 'whole' }) {
  const text = await textOf(page);
  const states = await page.locator('main [data-state]').evaluateAll((blocks) => blocks.map((block) => /** @type {HTMLElement} */ (block).dataset['state']));
  const start = text.slice(Math.max(0, text.indexOf('now ')), 600);
  return [
    ...has.filter((wanted) => !holds(text, wanted)).map((wanted) => `expected the text ${show(wanted)}, found: ${start}`),
    ...lacks.filter((unwanted) => holds(text, unwanted)).map((unwanted) => `expected no text ${show(unwanted)}`),
    ...(states[0] === state ? [] : [`expected the state ${state} of the first block, found ${states.join(', ') || 'no block'}`]),
  ];
}

/** @param {string} text @param {string | RegExp} wanted */
function holds(text, wanted) {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}

/** @param {string | RegExp} wanted */
function show(wanted) {
  return typeof wanted === 'string' ? `“${wanted}”` : String(wanted);
}
