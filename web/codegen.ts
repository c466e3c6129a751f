import type { CodegenConfig } from '@graphql-codegen/cli';

/** Writes `NAME.gen.ts` beside each document `NAME.graphql`: the documents as text and the types of their answers. */
const config: CodegenConfig = {
  schema: '../schema.graphql',
  documents: ['src/**/query.graphql', 'src/**/queries/*.graphql'],
  generates: {
    'src/': {
      preset: 'near-operation-file',
      presetConfig: { extension: '.gen.ts', baseTypesPath: 'schema.gen.ts' },
      // An import of the schema's types is written also where it is not used.
      plugins: [{ add: { content: '// Written by `npm run generate`.\n// @ts-nocheck' } }, 'typescript-operations', 'typed-document-node'],
    },
    'src/schema.gen.ts': {
      plugins: [{ add: { content: '// Written by `npm run generate`.' } }, 'typescript'],
      config: { onlyOperationTypes: true },
    },
  },
  config: {
    documentMode: 'string',
    // The schema has them; here they would be repeated beside each page.
    disableDescriptions: true,
    strictScalars: true,
    enumsAsTypes: true,
    useTypeImports: true,
    scalars: { ByteSize: 'string', DateTime: 'string', Digest: 'string', JSON: 'unknown', Seq: 'string' },
  },
};

export default config;
