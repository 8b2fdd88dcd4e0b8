import type { RequestListener } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../settings/read.ts';
import { createSchema } from '../graph/schema.ts';
import { ConfigError } from '../model/errors.ts';
import type { OpenSubjects } from '../pages/subjects/subjects.ts';
import { createPipeline, type Pipeline, type PipelineOptions } from '../operations/pipeline.ts';
import { createGraphqlListener } from '../http/graphql.ts';
import type { Turns } from '../platform/turns.ts';
import { readManifest } from '../operations/documents/manifest.ts';
import { logOperations } from '../operations/telemetry/log.ts';
import { createOperations, type Operations } from '../operations/operations.ts';
import { requireSubgraphKey } from '../http/subgraph-key.ts';
import { createLazyListener } from '../http/lazy-listener.ts';
import type { Platform } from './platform.ts';
import type { UpstreamParts } from './upstream.ts';

/** What counts, logs and traces operations, and ends them. */
export const composeOperations = (
  config: Config,
  { clock, random, logger }: Platform,
  parts: Pick<UpstreamParts, 'metrics' | 'tracing'> & { readonly subjects: OpenSubjects; readonly turns: Turns },
): Operations => {
  const { metrics, tracing, subjects, turns } = parts;
  return createOperations({
    ...config,
    clock,
    random,
    turns,
    observers: [
      logOperations(logger),
      metrics.observer,
      ...(tracing === undefined ? [] : [tracing.observer]),
      // What an operation has read for itself counts in memory until it has ended.
      { done: ({ operation }) => operation !== undefined && subjects.forget(operation) },
    ],
  });
};

type GraphqlParts = Pick<
  PipelineOptions,
  'turns' | 'identify' | 'operations' | 'subscriptions' | 'freshness' | 'alwaysReport' | 'contextFor'
>;

/** What answers GraphQL: by its path, and from this process. */
export interface Graphql {
  readonly listeners: ReadonlyMap<string, RequestListener>;
  readonly pipeline: Pipeline;
}

/** `/graphql`, and `/subgraph` where it is on. Throws a `ConfigError` where trusted operations are asked for and there are none. */
export const composeGraphql = (config: Config, { clock, logger }: Platform, parts: GraphqlParts): Graphql => {
  const { operations } = parts;
  const options: Omit<PipelineOptions, 'schema'> = {
    ...parts,
    clock,
    logger,
    limits: config,
    introspection: config.introspection ?? !config.isProduction,
    compiles: config.queryPlans,
    cachedAnswersBytes: config.cacheMaxBytes / 8,
  };
  const schema = createSchema();
  const pipeline = createPipeline({ ...options, schema, known: knownOf(config, schema) });
  const listeners = new Map<string, RequestListener>([
    ['/graphql', createGraphqlListener({ pipeline, operations, endpoint: '/graphql' })],
  ]);
  if (config.subgraph) {
    // Made when it is first asked for: most gateways are no subgraph, and its library and schema take a while.
    const subgraph = createLazyListener(async () => {
      const { createSubgraphSchema } = await import('../graph/federation/subgraph-schema.ts');
      const schemaOfSubgraph = createSubgraphSchema(config.subgraphUserKeys === 'uuid' ? ['uuid'] : ['uuid', 'email']);
      const subgraphPipeline = createPipeline({ ...options, schema: schemaOfSubgraph });
      return createGraphqlListener({ pipeline: subgraphPipeline, operations, endpoint: '/subgraph' });
    });
    const key = config.subgraphKey;
    listeners.set('/subgraph', key === undefined ? subgraph : requireSubgraphKey(key, subgraph));
  }
  return { listeners, pipeline };
};

/** What clients may send by its id. */
const knownOf = (config: Config, schema: GraphQLSchema): PipelineOptions['known'] & object => {
  const { manifest, trustedOnly } = config;
  if (trustedOnly && manifest === undefined) {
    throw new ConfigError('ROLESCOPE_TRUSTED_ONLY needs ROLESCOPE_MANIFEST: without operations nothing could be run');
  }
  return { manifest: manifest === undefined ? undefined : readManifest(manifest, schema), trustedOnly };
};
