import { defineSettings } from './kinds.ts';

/** Parts of the gateway that can be switched on and off. */
export const featureSettings = defineSettings({
  graphiql: {
    kind: 'switch',
    env: 'ROLESCOPE_GRAPHIQL',
    group: 'features',
    help: 'serve GraphiQL; default on, off with NODE_ENV=production',
  },
  console: {
    kind: 'switch',
    env: 'ROLESCOPE_CONSOLE',
    group: 'features',
    default: true,
    help: 'serve the console, a web application over the graph, at /; off with ROLESCOPE_TRUSTED_ONLY',
  },
  introspection: {
    kind: 'switch',
    env: 'ROLESCOPE_INTROSPECTION',
    group: 'features',
    help: 'answer introspection; default on, off with NODE_ENV=production',
  },
  subgraph: {
    kind: 'switch',
    env: 'ROLESCOPE_SUBGRAPH',
    group: 'features',
    default: true,
    help: 'serve the Federation 2 subgraph at /subgraph',
  },
  subgraphUserKeys: {
    kind: 'choice',
    env: 'ROLESCOPE_SUBGRAPH_USER_KEYS',
    group: 'features',
    choices: ['uuid', 'uuid,email'],
    default: 'uuid',
    help: 'what other subgraphs can refer to a User by; with email for those that know people by mail alone, at the cost of a walk of all users',
  },
  subgraphKey: {
    kind: 'text',
    env: 'ROLESCOPE_SUBGRAPH_KEY',
    group: 'features',
    isSecret: true,
    help: 'key that requests to /subgraph must carry in the header x-subgraph-key; default none',
  },
  export: {
    kind: 'switch',
    env: 'ROLESCOPE_EXPORT',
    group: 'features',
    default: true,
    help: 'answer /export: who has which role, where, as a file',
  },
  manifest: {
    kind: 'file',
    env: 'ROLESCOPE_MANIFEST',
    group: 'features',
    help: 'JSON file with operations that clients may send by their id, as Relay or Apollo write it',
  },
  trustedOnly: {
    kind: 'switch',
    env: 'ROLESCOPE_TRUSTED_ONLY',
    group: 'features',
    default: false,
    help: 'run only the operations of the manifest at /graphql; /subgraph must then have a key or be off',
  },
  queryPlans: {
    kind: 'switch',
    env: 'ROLESCOPE_QUERY_PLANS',
    group: 'features',
    default: true,
    help: 'answer queries by a plan made once; off: by the standard executor, several times slower',
  },
});
