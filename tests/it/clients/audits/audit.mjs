// Runs every server audit of `graphql-http` against one endpoint, the optional ones included: the
// server passes all of them.
//
//   node audit.mjs http://127.0.0.1:4000/graphql [bearer token]
//
// Prints each audit that fails and a closing line `N passed, N failed`; exits 1 if one failed, 2 if
// none could run.

import { serverAudits } from 'graphql-http';

const EXPECTED = 61;
const [url, token] = process.argv.slice(2);
if (!url) {
  console.error('usage: node audit.mjs URL [TOKEN]');
  process.exit(2);
}

const fetchFn = (target, init = {}) =>
  fetch(target, {
    ...init,
    signal: AbortSignal.timeout(10_000),
    headers: { ...init.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
  });

let passed = 0;
let failed = 0;
const audits = serverAudits({ url, fetchFn });
for (const { id, name, fn } of audits) {
  const failure = await attempt(fn);
  if (failure === null) {
    passed += 1;
  } else {
    failed += 1;
    console.log(`FAILED ${id} ${name}\n       ${failure}`);
  }
}
if (audits.length !== EXPECTED) {
  console.log(`FAILED the suite has ${audits.length} audits, and ${EXPECTED} were expected: look at what changed`);
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Returns null if the audit passes, else the reason. */
async function attempt(fn) {
  try {
    const result = await fn();
    if (result.status === 'ok') return null;
    const body = await result.response.text().catch(() => '');
    return `${result.reason}; the answer was ${result.response.status} ${body.slice(0, 300)}`;
  } catch (error) {
    // The server did not answer at all.
    return `${error.message}${error.cause ? `: ${error.cause.message ?? error.cause.code}` : ''}`;
  }
}
