import { fileURLToPath } from 'node:url';

import type { Plugin } from 'vite';

/** The modules of GraphiQL that are replaced, as they end in `node_modules`, and the modules of this page instead. */
const PARTS: Record<string, string> = {
  'graphiql/dist/ui/short-keys.js': 'ShortKeys.tsx',
  '@graphiql/plugin-doc-explorer/dist/components/search.js': 'Search.tsx',
  '@graphiql/react/dist/components/tabs/index.js': 'Tabs.tsx',
};

/**
 * Builds the playground with its own parts where GraphiQL has no setting. The build fails if GraphiQL no longer has
 * such a part. `npm run dev` shows the original ones: there dependencies are bundled without plugins.
 */
export function ownParts(): Plugin {
  const left = new Set(Object.keys(PARTS));
  return {
    name: 'stemma:own-parts',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer, options) {
      if (!source.startsWith('.') || !importer?.includes('/node_modules/')) return null;
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      const part = Object.keys(PARTS).find((name) => found?.id.endsWith(`/node_modules/${name}`));
      if (part === undefined) return null;
      left.delete(part);
      return fileURLToPath(new URL(`src/playground/parts/${PARTS[part]}`, import.meta.url));
    },
    buildEnd(error) {
      if (error === undefined && left.size > 0) {
        this.error(`expected GraphiQL to import ${[...left].join(', ')}: look where it is now, and name it in own-parts.ts`);
      }
    },
  };
}
