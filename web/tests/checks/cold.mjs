import { at, axeSource, seenBy, settled } from '../browser.mjs';
import { unlike } from './shown.mjs';

const MOST_REQUESTS = 3;
const MOST_NODES = 3_000;
const MOST_JSON = 60_000;

/**
 * A cold load of a deep link at one moment: the right answer, nothing forbidden, within the budget, readable by
 * assistive technology (in light, and at the last moment also in dark), and without scrolling sideways at 1280 and
 * 400 px.
 *
 * @param {import('../browser.mjs').Visit} visit
 * @param {import('../pages.mjs').Entry} entry
 * @param {import('../pages.mjs').Moment} moment
 */
export async function cold({ page, answered, wrong }, entry, moment) {
  const shown = entry.at[moment];
  if (shown === undefined) throw new Error(`${entry.name} says nothing about ${moment}`);
  await page.goto(at(entry.path, moment));
  await settled(page);
  const found = await unlike(page, shown);
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  if (nodes > MOST_NODES) found.push(`expected at most ${MOST_NODES} DOM nodes, found ${nodes}`);
  const bytes = answered.reduce((sum, { text }) => sum + text.length, 0);
  if (bytes > MOST_JSON) found.push(`expected at most ${MOST_JSON} bytes of JSON, found ${bytes}`);
  found.push(...(await wider(page, 1280)));
  found.push(...(await violations(page, 'light')));
  await page.emulateMedia({ colorScheme: 'dark' });
  if (moment === Object.keys(entry.at).at(-1)) found.push(...(await violations(page, 'dark')));
  await page.setViewportSize({ width: 400, height: 800 });
  found.push(...(await wider(page, 400)));
  // By now also what is asked after the answers was asked.
  await settled(page);
  const seen = await seenBy(page);
  if (seen.sent > MOST_REQUESTS) found.push(`expected at most ${MOST_REQUESTS} requests in all, found ${seen.sent}: ${answered.map(({ operation }) => operation).join(', ')}`);
  return [...found, ...wrong, ...seen.policy.map((violation) => `a violation of the content security policy: ${violation}`)];
}

/** @param {import('playwright-core').Page} page @param {string} how */
async function violations(page, how) {
  // The transition of dimmed blocks and of colours is over.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const { violations: all } = await page.evaluate(() => /** @type {any} */ (window).axe.run(document, { resultTypes: ['violations'] }));
  return all.map(
    (/** @type {{ id: string, help: string, nodes: { target: string[], failureSummary: string }[] }} */ { id, help, nodes }) =>
      `axe (${how}): ${id} on ${nodes.length}: ${help}; ${nodes[0]?.target.join(' ')}: ${nodes[0]?.failureSummary.replaceAll(/\s+/g, ' ')}`,
  );
}

/** @param {import('playwright-core').Page} page @param {number} width */
async function wider(page, width) {
  const guilty = await page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= most) return null;
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().left + element.scrollWidth > most + 1 && !element.closest('.scroll'),
    );
    return wide.slice(-3).map((element) => `${element.tagName.toLowerCase()}.${element.className} “${element.textContent?.slice(0, 40)}”`);
  });
  return guilty === null ? [] : [`expected no sideways scrolling at ${width} px, found it wider: ${guilty.join('; ')}`];
}
