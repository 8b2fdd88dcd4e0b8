import type { CodegenConfig } from '@graphql-codegen/cli';
import { execute, lexicographicSortSchema, parse, printSchema } from 'graphql';
import { createSchema } from './src/graph/schema.ts';

const graph = printSchema(lexicographicSortSchema(createSchema('graph')));

/** The subgraph's own words for itself, federation directives included. */
const subgraphSdl = async (): Promise<string> => {
  const { data } = await execute({ schema: createSchema('subgraph'), document: parse('{ _service { sdl } }') });
  return (data as { _service: { sdl: string } })._service.sdl;
};

const config: CodegenConfig = {
  generates: {
    'schema/schema.graphql': { schema: graph, plugins: ['schema-ast'] },
    'schema/subgraph.graphql': {
      schema: await subgraphSdl(),
      plugins: ['schema-ast'],
      config: { includeDirectives: true, federation: true },
    },
    'test/__generated__/': {
      schema: graph,
      documents: ['test/operations/*.graphql'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { useTypeImports: true, enumsAsTypes: true, importExtension: '.ts', scalars: { ID: 'string' } },
    },
  },
};

export default config;
