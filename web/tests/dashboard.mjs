/**
 * Checks of `examples/dashboard`, served from another origin, which the server permits with `--allow-origin`.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

import { axeSource } from './browser.mjs';

const FILE = new URL('../../examples/dashboard/index.html', import.meta.url);

/** Serves the file at this origin. @param {string} origin */
export async function serveDashboard(origin) {
  const html = await readFile(FILE);
  const server = createServer((_request, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end(html));
  const { hostname, port } = new URL(origin);
  await new Promise((resolve, reject) => server.once('error', reject).listen(Number(port), hostname, () => resolve(undefined)));
  return () => server.close();
}

/** @typedef {(visit: import('./browser.mjs').Visit, open: (asOf?: string, server?: string) => Promise<void>, problems: string[]) => Promise<void>} Check */

/** @type {Record<string, Check>} */
const checks = {
  async 'what was wrong'({ page }, open, problems) {
    await open('26');
    if (await page.getByLabel('token').isVisible()) problems.push('expected no question for a token where none is needed');
    await has(page, problems, [
      /mnist\/baseline#1 model 13 wrong mnist\/test-set#1 before the fix not fixed/,
      /cifar10\/baseline#1 model 22 wrong cifar10\/test-set#1 before the fix not fixed/,
      /mnist\/test-set#1 13 wrong of 10,000/,
      /26: reviews of suspected labels of CIFAR-10 \(demo\) 22 wrong 0 of 1 25: reviews of suspected labels of MNIST \(demo\) 13 wrong 0 of 1/,
    ]);
    await open();
    await has(page, problems, [/mnist\/baseline#1 model 13 wrong mnist\/test-set#1 before the fix mnist\/baseline#2/, /cifar10\/baseline#1 model 22 wrong/]);
    await open('24');
    await has(page, problems, ['No model saw anything that is known to be wrong.', 'No training set holds anything']);
  },

  async 'as of'({ page }, open, problems) {
    await open();
    await page.getByLabel('as of seq').fill('26');
    await page.keyboard.press('Enter');
    await page.getByText('As of seq 26').waitFor();
    if (!page.url().includes('asOf=26')) problems.push(`expected the moment in the address, found ${page.url()}`);
    await page.getByRole('button', { name: 'Now' }).click();
    await page.getByText('mnist/baseline#2').first().waitFor();
    if (page.url().includes('asOf')) problems.push(`expected no moment in the address, found ${page.url()}`);
  },

  async 'a picture with its overlay'({ page }, open, problems) {
    await open();
    await has(page, problems, ['digits/digit/0000#1 with the mask and the box of digits/digit/0000/ink#1']);
    const widths = await page.locator('figure img').evaluateAll((images) => images.map((image) => /** @type {HTMLImageElement} */ (image).naturalWidth));
    if (widths.join() !== '8,8') problems.push(`expected a scan and a mask of 8 px, found ${widths.join()}`);
    const box = await page.locator('figure rect').evaluate((rect) => ['x', 'y', 'width', 'height'].map((side) => rect.getAttribute(side)).join());
    if (box !== '1,0,6,8') problems.push(`expected the box 1,0,6,8, found ${box}`);
  },

  async live({ page }, open, problems) {
    // The server repeats the last two commits, as after a lost connection.
    await page.route('**/graphql', (route) => {
      const isFeed = route.request().headers()['accept'] === 'text/event-stream';
      return route.continue(isFeed ? { postData: JSON.stringify({ ...route.request().postDataJSON(), variables: { after: '34' } }) } : {});
    });
    await open();
    await page.getByText('2 newer: press Now').waitFor();
    await has(page, problems, ['As of seq 36']);
  },

  async errors({ page, wrong }, open, problems) {
    await open('99999');
    await has(page, problems, ['is after seq', 'This moment has not come yet: look at “now”. (BAD_USER_INPUT · AS_OF_UNAVAILABLE)']);
    await open('26', 'http://127.0.0.1:9');
    await has(page, problems, [/No answer from http:\/\/127\.0\.0\.1:9\. Is it running, with --allow-origin http/]);
    await page.route('**/graphql', (route) =>
      route.request().headers()['authorization'] === 'Bearer the-token'
        ? route.continue()
        : route.fulfill({ status: 401, headers: { 'Access-Control-Allow-Origin': '*' }, json: { errors: [{ message: 'the token is missing', extensions: { code: 'UNAUTHENTICATED' } }] } }),
    );
    await open('26');
    await has(page, problems, ['the token is missing. Enter a token above. (UNAUTHENTICATED)']);
    await page.getByLabel('token').fill('the-token');
    await page.getByRole('button', { name: 'Use' }).click();
    await page.getByText('As of seq 26').waitFor();
    await has(page, problems, ['13 wrong']);
    // The browser itself reports the answers with an error, and the port without a server.
    wrong.splice(0, Infinity, ...wrong.filter((problem) => !/Failed to load resource|http:\/\/127\.0\.0\.1:9\//.test(problem)));
  },

  async 'accessible in light and dark, wide and narrow'({ page }, open, problems) {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 400]) {
        await page.setViewportSize({ width, height: 800 });
        await open('26');
        await page.evaluate(axeSource);
        const { violations } = await page.evaluate(() => /** @type {any} */ (window).axe.run());
        for (const { id, nodes } of violations) problems.push(`axe, ${colorScheme} at ${width} px: ${id} on ${nodes[0]?.target}`);
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) problems.push(`expected no sideways scrolling at ${width} px`);
      }
    }
  },
};

/** The tasks of the dashboard. @param {string} server @returns {{ name: string, run: (visit: import('./browser.mjs').Visit) => Promise<string[]> }[]} */
export function dashboard(server) {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async (visit) => {
      /** @type {string[]} */
      const problems = [];
      const open = async (/** @type {string | undefined} */ asOf, address = server.replace(/\/$/, '')) => {
        await visit.page.goto(`?${new URLSearchParams({ server: address, ...(asOf !== undefined && { asOf }) })}`);
        await visit.page.getByText('Asking …').waitFor({ state: 'hidden' });
      };
      await check(visit, open, problems);
      return [...problems, ...visit.wrong];
    },
  }));
}

/** @param {import('playwright-core').Page} page @param {string[]} problems @param {(string | RegExp)[]} expected */
async function has(page, problems, expected) {
  const text = (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ');
  for (const one of expected) {
    if (!(typeof one === 'string' ? text.includes(one) : one.test(text))) problems.push(`expected ${one}, found: ${text}`);
  }
}
