import { at, seenBy, settled } from './browser.mjs';

/**
 * The question that the pages are for: "Label mnist test/00947 was wrong; which models saw it, and are they fixed?" A
 * reader who knows no more than this sentence finds the answer from Home, with few actions and in little time.
 */
const MOST_ACTIONS = 3;
const MOST_MS = 15_000;

/**
 * @typedef {object} Answer
 * @property {string} saw The model, evaluation or deployment, with its kind.
 * @property {string} fixedIn
 */

/** What each moment answers: 26 is after the reviews, "now" after the sets and models were made again. */
const ANSWERS = {
  '26': [
    { saw: 'mnist/baseline#1 model', fixedIn: 'not fixed' },
    { saw: 'mnist/baseline/accuracy#1 evaluation', fixedIn: 'not fixed' },
  ],
  now: [
    { saw: 'mnist/baseline#1 model', fixedIn: 'mnist/baseline#2' },
    { saw: 'mnist/baseline/accuracy#1 evaluation', fixedIn: 'mnist/baseline/accuracy#2' },
  ],
};

/** The ways to the answer. Each action is a click, or Enter in a field; a field that is typed in is clicked first. */
const WAYS = {
  /** The words of the question are typed as they are. */
  search: async (/** @type {import('playwright-core').Page} */ page) => {
    await page.getByRole('searchbox').click();
    await page.keyboard.type('mnist test/00947');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /label/ }).getByRole('link', { name: 'mnist/test/00947' }).click();
  },
  /** Nothing is typed. */
  impact: async (/** @type {import('playwright-core').Page} */ page) => {
    await page.getByRole('link', { name: 'Impact', exact: true }).click();
    await page.getByRole('button', { name: 'What was wrong' }).click();
    await page.getByRole('row', { name: /test\/00947/ }).getByRole('link', { name: 'who saw it' }).click();
  },
};

/**
 * @param {import('./browser.mjs').Visit} visit
 * @param {(page: import('playwright-core').Page) => Promise<void>} way
 * @param {'26' | 'now'} moment
 */
async function ask({ page, wrong }, way, moment) {
  const begun = Date.now();
  await page.goto(at('/', moment));
  await way(page);
  await page.getByRole('columnheader', { name: 'fixed in' }).waitFor();
  await settled(page);
  const ms = Date.now() - begun;
  const { actions } = await seenBy(page);
  const found = await answerOn(page);
  return [
    ...(JSON.stringify(found) === JSON.stringify(ANSWERS[moment]) ? [] : [`expected the answer ${JSON.stringify(ANSWERS[moment])}, found ${JSON.stringify(found)}`]),
    ...(actions > 0 && actions <= MOST_ACTIONS ? [] : [`expected at most ${MOST_ACTIONS} actions from Home, found ${actions}`]),
    ...(ms <= MOST_MS ? [] : [`expected the answer within ${MOST_MS / 1000} s, found ${ms} ms`]),
    ...wrong,
  ];
}

/** The answer as it is read: the table with the column "fixed in". @param {import('playwright-core').Page} page @returns {Promise<Answer[]>} */
function answerOn(page) {
  return page.locator('main table').evaluateAll((tables) => {
    const text = (/** @type {Element | undefined} */ cell) => (cell?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
    return tables.flatMap((table) => {
      const column = [...table.querySelectorAll('thead th')].findIndex((cell) => text(cell) === 'fixed in');
      if (column < 0) return [];
      return [...table.querySelectorAll('tbody tr')].map((row) => ({ saw: text(row.children[0]), fixedIn: text(row.children[column]) }));
    });
  });
}

/** @type {{ name: string, run: (visit: import('./browser.mjs').Visit) => Promise<string[]> }[]} */
export const question = Object.entries(WAYS).flatMap(([name, way]) =>
  /** @type {const} */ (['26', 'now']).map((moment) => ({
    name: `which models saw mnist test/00947, and are they fixed? by ${name}, at ${moment}`,
    run: (visit) => ask(visit, way, moment),
  })),
);
