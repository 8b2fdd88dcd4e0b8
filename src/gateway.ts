import type { RequestListener } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { configOf, type Config } from './settings/read.ts';
import { createDirectory } from './assignments/create-assignments.ts';
import { createSchema } from './graph/schema.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { ConfigError } from './model/errors.ts';
import { type Logger, silentLogger } from './platform/logger.ts';
import { type Random, systemRandom } from './platform/random.ts';
import { openPages } from './pages/create-pages.ts';
import { openShared } from './pages/replicas.ts';
import { createPassthroughIdentify, createServiceIdentify } from './http/authentication.ts';
import type { IdentifyCaller } from './operations/pipeline.ts';
import { createGraphqlHandler, type GraphqlOptions } from './http/graphql.ts';
import { createHttpServer } from './http/server.ts';
import type { KnownOperationsOptions } from './operations/documents/persisted-operations.ts';
import { readManifest } from './operations/documents/manifest.ts';
import { createMetrics, type Metrics } from './operations/telemetry/metrics.ts';
import { logOperations } from './operations/telemetry/log.ts';
import { createOperations } from './operations/operations.ts';
import { requireSubgraphKey } from './http/subgraph-key.ts';
import { createTracing, type Tracing } from './operations/telemetry/tracing.ts';
import { whenAsked } from './http/lazy-listener.ts';
import type { SettingValues } from './settings/table.ts';
import { createUpstream, type UpstreamAuth } from './upstream/client.ts';

/** What a gateway can be given instead of making its own. */
export interface GatewayParts {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  /** Sandbox mode: a token that GraphiQL sends with its queries, where callers send upstream's tokens. Answers then always tell what they cost. */
  readonly sandboxToken?: string;
}

export interface Gateway {
  /** Answers one request: for a gateway inside somebody else's server. */
  readonly handle: RequestListener;
  /** Listens on the port and host of the settings, and tells where. */
  listen(): Promise<string>;
  /**
   * Ends in good order: takes nothing new, lets running operations finish for up to `shutdownTimeoutMs`, ends what waits longer with an error, and
   * lets go of everything.
   */
  drain(): Promise<void>;
  /** Ends what runs with an error, at once, and lets go of everything that the gateway holds. */
  close(): Promise<void>;
}

/**
 * Puts the rooms together. Takes settings by their key, defaults for the rest; throws a `ConfigError` where one cannot be
 * used, or where no upstream is set.
 */
export const createGateway = (values: Partial<SettingValues> = {}, parts: GatewayParts = {}): Gateway =>
  composeGateway(configOf(values), parts);

/** The same from a config that is read already. */
export const composeGateway = (config: Config, parts: GatewayParts = {}): Gateway => {
  const { clock = systemClock, random = systemRandom, logger = silentLogger, sandboxToken } = parts;
  if (config.upstream === undefined) throw new ConfigError(noUpstream);

  const { auth, identify } = credentialsOf(config, clock);
  const tracing = tracingOf(config);
  const shared =
    config.redisUrl === undefined
      ? undefined
      : openShared({ redisUrl: config.redisUrl, rateLimitPerSecond: config.rateLimit, clock, random, logger });
  const upstream = createUpstream({
    ...config.upstream,
    auth,
    rateLimitPerSecond: config.rateLimit,
    attemptTimeoutMs: config.attemptTimeoutMs,
    maxBodyBytes: config.maxUpstreamBodyBytes,
    maxWaitingPerCaller: config.maxWaitingPerCaller,
    maxConnections: config.maxConnections,
    clock,
    random,
    logger,
    onAttempt: (record) => metrics.onAttempt(record),
    ...(tracing !== undefined && { trace: tracing.policy }),
    ...(shared !== undefined && { rateWindow: shared.rateWindow, pendingStore: shared.pendingStore }),
  });
  const pages = openPages({
    source: upstream,
    clock,
    ttlMs: config.cacheTtlMs,
    maxBytes: config.cacheMaxBytes,
    shared,
  });
  const directory = createDirectory(pages.source, { ...pages, logger });
  const metrics: Metrics = createMetrics({
    upstream: () => upstream.state(),
    pages: () => pages.state(),
    runningOperations: () => operations.running,
  });
  const operations = createOperations({
    ...config,
    clock,
    random,
    observers: [logOperations(logger), metrics.observer, ...(tracing === undefined ? [] : [tracing.observer])],
  });
  const graphqlOptions: Omit<GraphqlOptions, 'schema' | 'endpoint'> = {
    directoryFor: (operation) => {
      const answers = directory.forOperation(operation);
      return tracing === undefined ? answers : tracing.follow(answers, operation);
    },
    identify,
    operations,
    clock,
    limits: config,
    introspection: config.introspection ?? !config.isProduction,
    plans: config.queryPlans,
    freshness: pages.freshness,
    keptAnswersBytes: config.cacheMaxBytes / 8,
    logger,
    alwaysReport: sandboxToken !== undefined,
  };
  const schema = createSchema();
  const listeners = new Map<string, RequestListener>([
    [
      '/graphql',
      createGraphqlHandler({ ...graphqlOptions, schema, known: knownOf(config, schema), endpoint: '/graphql' }),
    ],
  ]);
  if (config.subgraph) {
    // Made when it is first asked for: most gateways are no subgraph, and its library and schema take a while.
    const subgraph = whenAsked(async () => {
      const { createSubgraphSchema } = await import('./graph/federation/subgraph-schema.ts');
      return createGraphqlHandler({ ...graphqlOptions, schema: createSubgraphSchema(), endpoint: '/subgraph' });
    });
    const key = config.subgraphKey;
    listeners.set('/subgraph', key === undefined ? subgraph : requireSubgraphKey(key, subgraph));
  }
  const server = createHttpServer({
    graphql: listeners,
    ...((config.graphiql ?? !config.isProduction) && {
      // In service mode it is upstream's and no key of ours: every tab would be refused.
      graphiql: sandboxToken === undefined || config.auth === 'service' ? {} : { presetToken: sandboxToken },
    }),
    ...(config.metrics && { metrics: metrics.handle }),
    isUpstreamReachable: () => upstream.probe(),
    operations,
    maxBodyBytes: config.maxBodyBytes,
    maxClientConnections: config.maxClientConnections,
    corsOrigins: config.corsOrigins,
    shutdownTimeoutMs: config.shutdownTimeoutMs,
    clock,
    random,
  });
  const letGo = async (): Promise<void> => {
    pages.close();
    await upstream.close();
    shared?.close();
    await tracing?.close();
  };

  return {
    handle: server.handle,
    async listen() {
      await tracing?.ready();
      return server.listen(config.port, config.host);
    },
    async drain() {
      await server.drain();
      await letGo();
    },
    async close() {
      await server.close();
      await letGo();
    },
  };
};

/** Absent where there is no collector. */
const tracingOf = ({ otlpEndpoint, otlpHeaders, serviceName, traceUpstream }: Config): Tracing | undefined =>
  otlpEndpoint === undefined
    ? undefined
    : createTracing({ endpoint: otlpEndpoint, headers: otlpHeaders, serviceName, tellUpstream: traceUpstream });

/** What clients may send by its id. */
const knownOf = (config: Config, schema: GraphQLSchema): KnownOperationsOptions => {
  const { manifest, trustedOnly, automaticQueries: automatic } = config;
  if (trustedOnly && manifest === undefined) {
    throw new ConfigError('ROLESCOPE_TRUSTED_ONLY needs ROLESCOPE_MANIFEST: without operations nothing could be run');
  }
  return { manifest: manifest === undefined ? undefined : readManifest(manifest, schema), trustedOnly, automatic };
};

/** Whose credential goes upstream, and how callers say who they are. Refuses to serve a credential of its own to just anybody. */
const credentialsOf = (config: Config, clock: Clock): { auth: UpstreamAuth; identify: IdentifyCaller } => {
  if (config.auth === 'passthrough') {
    return { auth: { mode: 'passthrough' }, identify: createPassthroughIdentify() };
  }
  const { username, password } = config;
  const tokenUrl = config.upstream?.tokenUrl;
  if (username === undefined || password === undefined || tokenUrl === undefined) {
    const missing = Object.entries({
      ROLESCOPE_USERNAME: username,
      ROLESCOPE_PASSWORD: password,
      'ROLESCOPE_TOKEN_URL or ROLESCOPE_REGION': tokenUrl,
    }).flatMap(([name, value]) => (value === undefined ? [name] : []));
    throw new ConfigError(`ROLESCOPE_AUTH=service needs ${missing.join(', ')}`);
  }
  return {
    auth: { mode: 'service', username, password, tokenUrl },
    identify: createServiceIdentify({ ...config, username, password, clock }),
  };
};

export const noUpstream =
  'nothing to serve: set ROLESCOPE_REGION or ROLESCOPE_UPSTREAM_URL for ESET Connect, or start with --sandbox for made-up data';
