import type { CodegenConfig } from '@graphql-codegen/cli';
import { execute, lexicographicSortSchema, parse, printSchema } from 'graphql';
import { createSchema } from './src/graph/schema.ts';

const graph = printSchema(lexicographicSortSchema(createSchema('graph')));

/** The subgraph's own words for itself, federation directives included. */
const subgraphSdl = async (): Promise<string> => {
  const { data } = await execute({
    schema: createSchema('subgraph'),
    document: parse('{ service: _service { sdl } }'),
  });
  return (data as { service: { sdl: string } }).service.sdl;
};

const config: CodegenConfig = {
  generates: {
    'schema/schema.graphql': { schema: graph, plugins: ['schema-ast'] },
    'schema/subgraph.graphql': {
      schema: graph,
      // Writes the text as it is: the schema-ast plugin would add Federation 1 definitions, which composers refuse.
      preset: {
        buildGeneratesSection: ({ baseOutputDir, schema }) => [
          {
            filename: baseOutputDir,
            schema,
            documents: [],
            config: {},
            plugins: [{ text: {} }],
            pluginMap: { text: { plugin: () => subgraphSdl() } },
          },
        ],
      },
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
