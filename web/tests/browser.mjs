import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

/** The most time that a page takes to show an answer, with a busy machine in mind. */
const SETTLED_MS = 15_000;

/** @param {string | undefined} path of the browser */
export function launch(path) {
  return chromium.launch({ executablePath: path ?? process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
}

/**
 * @typedef {object} Answered A request of the API and its answer.
 * @property {string} operation
 * @property {{ query: string, variables: unknown }} sent
 * @property {string} text
 */

/**
 * @typedef {object} Visit
 * @property {import('playwright-core').Page} page
 * @property {Answered[]} answered
 * @property {string[]} wrong What the page must not do: errors, violations of the policy, requests to other hosts.
 * @property {() => Promise<void>} close
 */

/**
 * Opens a page of its own, without anything remembered.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} base
 * @param {string[]} [others] Other servers that the page may ask.
 * @returns {Promise<Visit>}
 */
export async function visit(browser, base, others = []) {
  const hosts = [base, ...others].map((address) => new URL(address).host);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', baseURL: base, acceptDownloads: true });
  const page = await context.newPage();
  /** @type {string[]} */
  const wrong = [];
  /** @type {Answered[]} */
  const answered = [];
  page.setDefaultTimeout(SETTLED_MS);
  await page.addInitScript(watch);
  page.on('console', (message) => message.type() === 'error' && wrong.push(`console.error: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && !hosts.includes(url.host)) wrong.push(`a request to another host: ${request.url()}`);
  });
  page.on('response', async (response) => {
    const request = response.request();
    if (request.method() !== 'POST' || !new URL(request.url()).pathname.endsWith('/graphql')) return;
    const sent = request.postDataJSON();
    // The body is gone if the page was closed in the meantime.
    const text = await response.text().catch(() => '');
    answered.push({ operation: operationOf(sent.query), sent, text });
  });
  return { page, answered, wrong, close: () => context.close() };
}

/** @param {string} query */
export function operationOf(query) {
  return /\b(?:query|subscription|mutation)\s+(\w+)/.exec(query)?.[1] ?? '';
}

/** Runs in the page, before its scripts. */
function watch() {
  const seen = { sent: 0, pending: 0, actions: 0, firstAt: -1, copied: '', policy: /** @type {string[]} */ ([]) };
  Object.assign(window, { seen });
  // A click of a person, or Enter in a field.
  document.addEventListener('click', ({ isTrusted, detail }) => (seen.actions += isTrusted && detail > 0 ? 1 : 0), true);
  document.addEventListener('submit', ({ isTrusted }) => (seen.actions += isTrusted ? 1 : 0), true);
  document.addEventListener('securitypolicyviolation', (event) => seen.policy.push(`${event.violatedDirective} ${event.blockedURI}`));
  const ask = window.fetch.bind(window);
  window.fetch = async (...args) => {
    const isQuestion = String(args[0]).includes('graphql');
    if (isQuestion) {
      seen.sent += 1;
      seen.pending += 1;
    }
    try {
      return await ask(...args);
    } finally {
      if (isQuestion) seen.pending -= 1;
    }
  };
  new MutationObserver(() => {
    if (seen.firstAt < 0 && document.querySelector('main :is([data-state="whole"], [data-state="part"], [data-state="none"])')) {
      seen.firstAt = performance.now();
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] });
  Object.defineProperty(navigator, 'clipboard', {
    value: {
      writeText: async (/** @type {string} */ text) => {
        seen.copied = text;
      },
    },
  });
}

/**
 * @typedef {{ sent: number, pending: number, actions: number, firstAt: number, copied: string, policy: string[] }} Seen
 * @param {import('playwright-core').Page} page
 * @returns {Promise<Seen>}
 */
export function seenBy(page) {
  return page.evaluate(() => /** @type {any} */ (window).seen);
}

/**
 * Waits until nothing is asked and no block waits, twice in a row: an answer may lead to the next question.
 *
 * @param {import('playwright-core').Page} page
 */
export async function settled(page) {
  try {
    await page.waitForFunction(
      () => {
        const seen = /** @type {any} */ (window).seen;
        const states = [...document.querySelectorAll('main [data-state]')].map((block) => /** @type {HTMLElement} */ (block).dataset['state']);
        const isQuiet = seen.pending === 0 && states.length > 0 && !states.includes('asking');
        seen.quiet = isQuiet ? (seen.quiet ?? 0) + 1 : 0;
        return seen.quiet > 2;
      },
      undefined,
      { polling: 40 },
    );
    await page.evaluate(() => {
      /** @type {any} */ (window).seen.quiet = 0;
    });
  } catch {
    throw new Error(`${new URL(page.url()).pathname} did not show an answer within ${SETTLED_MS / 1000} s, found: ${(await textOf(page)).slice(0, 300)}`);
  }
}

/**
 * The text of the page, with single spaces.
 *
 * @param {import('playwright-core').Page} page
 */
export async function textOf(page) {
  const text = await page.locator('#root').innerText().catch(() => '');
  return text.replaceAll(/\s+/g, ' ');
}

/** The address of a deep link at a moment. @param {string} path @param {string} moment */
export function at(path, moment) {
  return moment === 'now' ? path : `${path}${path.includes('?') ? '&' : '?'}asOf=${moment}`;
}

const require = createRequire(import.meta.url);
export const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
