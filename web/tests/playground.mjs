/**
 * Checks of the playground: one task each, in a browser without anything remembered.
 */
import { axeSource } from './browser.mjs';

/** The most time that something takes, with a busy machine in mind. */
const SETTLED_MS = 60_000;

const EDITOR = '.graphiql-query-editor';
const ANSWER = '.graphiql-response';

/**
 * @typedef {import('./browser.mjs').Visit} Visit
 * @typedef {import('playwright-core').Page} Page
 */

/** @type {Record<string, (visit: Visit, problems: string[]) => Promise<void>>} */
const checks = {
  async 'tabs and examples'({ page }, problems) {
    await open(page);
    expect(problems, 'tabs of a new visitor', await titles(page), ['AffectedTrainingSets', 'AffectedEarlier', 'HistoryOfALabel']);
    await page.click('button[aria-label="Show Examples"]');
    const examples = page.locator('.examples-item');
    expect(problems, 'examples in the panel', await examples.count(), 11);
    await examples.nth(5).click();
    await wait(page, () => document.querySelectorAll('.graphiql-tab').length === 4);
    await examples.nth(0).click();
    expect(problems, 'tabs after an example that is open already', (await titles(page)).length, 4);
    await run(page);
    await answered(page, /"affectedCount": 13/);
  },

  async 'a linked request'({ page }, problems) {
    const query = 'query First { tags(first: 1) { totalCount } }\nquery Second($n: Int!) { commits(first: $n) { nodes { seq } } }';
    await open(page, { query, variables: '{"n": 1}', operationName: 'Second' });
    await wait(page, () => document.querySelectorAll('.graphiql-tab').length === 4);
    await wait(page, () => document.querySelector('.graphiql-tab-active')?.textContent?.includes('Second') ?? false);
    expect(problems, 'the address after it was read', new URL(page.url()).search, '');
    expect(problems, 'the variables on the screen', /"n": 1/.test(await text(page, '.graphiql-editor-tool')), true);
    await page.locator(`${EDITOR} :is(.inputarea, .native-edit-context)`).evaluate((input) => /** @type {HTMLElement} */ (input).focus());
    await page.keyboard.press('Control+Enter');
    await answered(page, /"commits"/);
    // The tabs are stored half a second after a change.
    await page.waitForTimeout(800);
    await page.reload();
    await ready(page);
    expect(problems, 'tabs after a reload', (await titles(page)).length, 4);
    await page.goto(`playground?${new URLSearchParams({ query: '{ view { seq } }' })}`);
    await ready(page);
    await wait(page, () => document.querySelectorAll('.graphiql-tab').length === 5);
    expect(problems, 'the query of another link', /view/.test(await text(page, EDITOR)), true);
  },

  async 'events of a subscription'({ page }, problems) {
    await open(page, { query: 'subscription { changes(after: "24") { seq } }' });
    await wait(page, () => document.querySelector('.graphiql-query-editor')?.textContent?.includes('changes') ?? false);
    await run(page);
    const shown = await answered(page, /"events": 1[0-9].*"newestFirst"/);
    const seqs = [...shown.matchAll(/"seq": "(\d+)"/g)].map(([, seq]) => Number(seq));
    expect(problems, 'the first events, newest first', seqs.length > 2 && seqs.every((seq, at) => at === 0 || seq === Number(seqs[at - 1]) - 1), true);
    await page.click('button[aria-label^="Stop"]');
  },

  async 'a token'({ page, wrong }, problems) {
    await page.route('**/graphql', async (route) => {
      if (route.request().headers()['authorization'] === 'Bearer the-token') return route.continue();
      return route.fulfill({ status: 401, json: { errors: [{ message: 'a token is required' }] } });
    });
    await open(page);
    const field = page.getByLabel('This server requires a token');
    await field.waitFor();
    expect(problems, 'the type of the field', await field.getAttribute('type'), 'password');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    expect(problems, 'the type after Show', await field.getAttribute('type'), 'text');
    await field.fill('the-token');
    await page.getByRole('button', { name: 'Use', exact: true }).click();
    await page.getByText('token in use').waitFor();
    await run(page);
    await answered(page, /"affectedCount": 13/);
    forgive(wrong, 401);
  },

  async 'a narrow screen'({ page }, problems) {
    for (const width of [880, 400]) {
      await page.setViewportSize({ width, height: 800 });
      await open(page);
      const [editors, answer] = await Promise.all(['.graphiql-editors', ANSWER].map((part) => page.locator(part).boundingBox()));
      if (!editors || !answer) throw new Error('expected an editor and an answer, found none');
      expect(problems, `the answer is below the editor at ${width} px`, answer.y >= editors.y + editors.height - 1, true);
      expect(problems, `the panes are readable at ${width} px`, Math.min(editors.width, answer.width) > width * 0.75 && Math.min(editors.height, answer.height) > 150, true);
      expect(problems, `the page is not wider than ${width} px`, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    }
  },

  async 'keys'({ page }, problems) {
    await open(page);
    const inEditor = () => page.evaluate((editor) => document.activeElement?.closest(editor) !== null, `${EDITOR} .monaco-editor`);
    await page.locator(`${EDITOR} .view-lines`).click();
    await page.keyboard.press('Tab');
    expect(problems, 'Tab indents at first', await inEditor(), true);
    await page.keyboard.press('Control+m');
    await page.keyboard.press('Tab');
    expect(problems, 'Tab stays in the editor after Ctrl+M', await inEditor(), false);
    await page.click('button[aria-label="Open short keys dialog"]');
    const keys = (await page.getByRole('dialog').innerText()).replaceAll(/\s+/g, ' ');
    expect(problems, 'the dialog names Ctrl + M', /Ctrl \+ M Let Tab leave the editor/.test(keys), true);
  },

  async 'search in the documentation'({ page }, problems) {
    await open(page);
    await page.click('button[aria-label="Show Documentation Explorer"]');
    await page.getByRole('searchbox', { name: 'Search names and descriptions' }).fill('models deployments');
    const hit = page.locator('.docs-search-hits button', { hasText: 'Query.affectedConsumers' }).first();
    await hit.click();
    await page.locator('.graphiql-doc-explorer-title', { hasText: 'affectedConsumers' }).waitFor();
    expect(problems, 'hits after one is open', await page.locator('.docs-search-hits').count(), 0);
  },

  async 'long lines'({ page }, problems) {
    const words = Array.from({ length: 60 }, (_, index) => `a${index}: __typename`).join(' ');
    await open(page, { query: `{ ${words} }` });
    await wait(page, () => document.querySelector('.graphiql-query-editor')?.textContent?.includes('a59') ?? false);
    await page.locator(`${EDITOR} .view-lines`).click();
    await page.keyboard.press('Control+End');
    for (const tab of [3, 0]) {
      await page.locator('.graphiql-tab-button').nth(tab).click();
      const left = await page.locator(`${EDITOR} .lines-content`).evaluate((lines) => lines.getBoundingClientRect().left - (lines.parentElement?.getBoundingClientRect().left ?? 0));
      expect(problems, `the lines of tab ${tab + 1} begin at the left`, left, 0);
    }
  },

  async 'an error of the parser'({ page, wrong }, problems) {
    await open(page, { query: '{\n  view { seq }\n} }' });
    await wait(page, () => document.querySelector('.graphiql-query-editor')?.textContent?.includes('seq') ?? false);
    await run(page);
    const shown = await answered(page, /"errors"/);
    expect(problems, 'what was expected and found, and where', /expected .*found `}`.*"line": 3,\s*"column": 3/.test(shown), true);
    forgive(wrong, 400);
  },

  async 'accessible in light and dark'({ page }, problems) {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme });
      await open(page);
      await run(page);
      await answered(page, /"affectedCount": 13/);
      for (const panel of ['Documentation Explorer', 'Examples', 'History']) {
        await page.click(`button[aria-label="Show ${panel}"]`);
        await axe(page, problems, `${panel} in ${colorScheme}`);
      }
      await page.click('button[aria-label="Open short keys dialog"]');
      await axe(page, problems, `the keys in ${colorScheme}`);
    }
  },
};

/** The tasks of the playground. @type {{ name: string, run: (visit: Visit) => Promise<string[]> }[]} */
export const playground = Object.entries(checks).map(([name, check]) => ({
  name,
  run: async (visit) => {
    /** @type {string[]} */
    const problems = [];
    // The editor is large, and other checks run beside this one.
    visit.page.setDefaultTimeout(SETTLED_MS);
    await check(visit, problems);
    return [...problems, ...visit.wrong];
  },
}));

/** @param {string[]} problems @param {string} what @param {unknown} found @param {unknown} expected */
function expect(problems, what, found, expected) {
  const [is, should] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== should) problems.push(`${what}: expected ${should}, found ${is}`);
}

/** @param {Page} page @param {Record<string, string>} [linked] */
async function open(page, linked = {}) {
  await page.goto(`playground?${new URLSearchParams(linked)}`);
  await ready(page);
}

/** @param {Page} page */
async function ready(page) {
  await page.locator(`${EDITOR} .view-line`).first().waitFor();
  // The schema and the workers of the editor; on a busy machine a worker may still be on its way.
  await page.waitForLoadState('networkidle', { timeout: 20_000 }).catch(() => undefined);
}

/** @param {Page} page @param {() => boolean} isDone */
async function wait(page, isDone) {
  await page.waitForFunction(isDone);
}

/** @param {Page} page */
const titles = (page) => page.locator('.graphiql-tab-button').allInnerTexts();

/** The lines on the screen, with single spaces. @param {Page} page @param {string} part */
async function text(page, part) {
  const lines = await page.locator(`${part} .view-line`).evaluateAll((all) =>
    all.map((line) => ({ top: parseFloat(/** @type {HTMLElement} */ (line).style.top), text: line.textContent ?? '' })),
  );
  const inOrder = lines.sort((a, b) => a.top - b.top).map((line) => line.text);
  return inOrder.join(' ').replaceAll(/\s+/g, ' ');
}

/** @param {Page} page */
async function run(page) {
  await page.click('button.graphiql-execute-button');
}

/** Waits for an answer on the screen, and returns what is shown of it. @param {Page} page @param {RegExp} expected */
async function answered(page, expected) {
  const end = Date.now() + SETTLED_MS;
  for (;;) {
    const shown = await text(page, ANSWER);
    if (expected.test(shown)) return shown;
    if (Date.now() > end) throw new Error(`expected an answer like ${expected}, found: ${shown.slice(0, 300)}`);
    await page.waitForTimeout(100);
  }
}

/** The browser itself reports an answer with this status as an error. @param {string[]} wrong @param {number} status */
function forgive(wrong, status) {
  wrong.splice(0, Infinity, ...wrong.filter((problem) => !problem.includes(`the server responded with a status of ${status}`)));
}

/** @param {Page} page @param {string[]} problems @param {string} where */
async function axe(page, problems, where) {
  await page.waitForTimeout(300);
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    // The names of entries of GraphiQL's history begin with what they do, not with what is written on them.
    const found = await /** @type {any} */ (window).axe.run({ exclude: ['.graphiql-history-item-label'] });
    return found.violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ node) => node.target).join(', ').slice(0, 200)}`);
  });
  for (const violation of violations) problems.push(`axe, ${where}: ${violation}`);
}
