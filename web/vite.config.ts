import { defineConfig } from 'vite';

import { gzipOnly } from './gzip-only.ts';
import { ownParts } from './own-parts.ts';

export default defineConfig({
  // Relative URLs: the page also works behind a proxy that serves it below a path.
  base: './',
  build: {
    target: 'es2022',
    // No `data:` URLs, so that the content security policy need not allow them for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The editor is one large chunk; it is loaded after the page is shown.
    chunkSizeWarningLimit: 8_000,
    // The budget of the pages is checked by what this file says of them.
    manifest: 'manifest.json',
    // The licences of the bundled packages, which must be distributed with them.
    license: { fileName: 'licenses.txt' },
    // "use client" in the packages has no effect here.
    rolldownOptions: {
      input: { index: 'index.html', playground: 'playground.html' },
      checks: { moduleLevelDirective: false },
    },
  },
  plugins: [ownParts(), gzipOnly()],
  // `npm run dev` talks to a server started with its defaults.
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:8080', ws: true }, '/blobs': 'http://127.0.0.1:8080' } },
});
