import { readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { execute, parse } from 'graphql';
import { printGraph } from './src/graph/print.ts';
import { createSchema } from './src/graph/schema.ts';
import { createSubgraphSchema } from './src/graph/federation/subgraph-schema.ts';
import { flagOf, type Setting, type SettingGroup, settingGroups } from './src/settings/kinds.ts';
import { settings } from './src/settings/table.ts';

const graph = printGraph(createSchema());

/** The subgraph's own words for itself, federation directives included. */
const subgraphSdl = async (): Promise<string> => {
  const { data } = await execute({
    schema: createSubgraphSchema(),
    document: parse('{ service: _service { sdl } }'),
  });
  return (data as { service: { sdl: string } }).service.sdl;
};

/** A table of every variable and flag of one group, from the definitions that the command line and the environment are read by. */
const settingsTable = (group: SettingGroup): string => {
  const rows = Object.values<Setting>(settings)
    .filter((setting) => setting.group === group)
    .map((setting) => {
      const flag = flagOf(setting);
      const usual = setting.kind === 'list' ? undefined : setting.default;
      const choices =
        setting.kind === 'choice' ? `: ${setting.choices.map((choice) => `\`${choice}\``).join(', ')}` : '';
      return `| \`${setting.env}\` | ${flag === undefined ? '' : `\`${flag}\``} | ${usual === undefined ? '' : `\`${usual}\``} | ${setting.help}${choices} |`;
    });
  return [`### ${settingGroups[group]}`, '', '| variable | flag | default | |', '|---|---|---|---|', ...rows].join(
    '\n',
  );
};

/** The README with its tables of settings as they are now, between the two marks. */
const readme = (): string => {
  const text = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const tables = (Object.keys(settingGroups) as SettingGroup[]).map(settingsTable).join('\n\n');
  const marked = /(?<=<!-- settings -->\n)[\s\S]*(?=<!-- end of settings -->)/;
  if (!marked.test(text)) throw new Error('README.md has lost the marks around its tables of settings');
  return text.replace(marked, `${tables}\n\n`).trimEnd();
};

/** What only the command line has use for: an embedder hands in a logger, and makes its own sandbox. */
const isForEmbedders = (key: string, { group }: Setting): boolean =>
  group !== 'sandbox' && group !== 'review' && !['sandbox', 'token', 'passwordFile', 'logLevel'].includes(key);

const typeOf = (setting: Setting): string => {
  switch (setting.kind) {
    case 'integer':
      return 'number';
    case 'switch':
      return 'boolean';
    case 'list':
      return 'readonly string[]';
    case 'choice':
      return setting.choices.map((choice) => `'${choice}'`).join(' | ');
    default:
      return 'string';
  }
};

/** The settings as embedders see them, each with what it is and its default. */
const gatewaySettings = (): string => {
  const members = Object.entries<Setting>(settings)
    .filter(([key, setting]) => isForEmbedders(key, setting))
    .map(([key, setting]) => {
      const usual = setting.kind === 'list' ? undefined : setting.default;
      const note = setting.help.includes('default ') ? '' : ` Default: ${usual ?? 'none'}.`;
      const help = `${setting.help[0]?.toUpperCase()}${setting.help.slice(1)}`;
      return `  /** ${help}.${note} As \`${setting.env}\`. */\n  readonly ${key}?: ${typeOf(setting)} | undefined;`;
    });
  return [
    '// Written by `npm run codegen` from the table of settings. Do not edit.',
    '',
    '/** Settings of a gateway, by the names that their flags have. */',
    'export interface GatewaySettings {',
    members.join('\n'),
    '}',
    '',
  ].join('\n');
};

/** Writes a file whose text is made here. */
const textFile = (text: () => string | Promise<string>): CodegenConfig['generates'][string] => ({
  schema: graph,
  preset: {
    buildGeneratesSection: ({ baseOutputDir, schema }) => [
      {
        filename: baseOutputDir,
        schema,
        documents: [],
        config: {},
        plugins: [{ text: {} }],
        pluginMap: { text: { plugin: text } },
      },
    ],
  },
});

const config: CodegenConfig = {
  generates: {
    // Not by the schema-ast plugin: it leaves out the definition of `@oneOf`, and adds Federation 1 definitions, which composers refuse.
    'schema/schema.graphql': textFile(() => graph.trimEnd()),
    'schema/subgraph.graphql': textFile(subgraphSdl),
    'README.md': textFile(readme),
    'src/settings/gateway-settings.ts': textFile(gatewaySettings),
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
