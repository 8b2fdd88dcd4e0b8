import type { RequestListener } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { configOf, type Config } from './settings/read.ts';
import { createAccess } from './access/create-access.ts';
import { startRenewal } from './access/census/renewal.ts';
import { createWalkedCensus } from './access/census/walked-census.ts';
import { createAssignments } from './assignments/create-assignments.ts';
import { createDirectory } from './directory/create-directory.ts';
import type { GraphContext } from './graph/context.ts';
import { createSchema } from './graph/schema.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { maxListPageSize } from './model/contract.ts';
import { ConfigError } from './model/errors.ts';
import { type Logger, silentLogger } from './platform/logger.ts';
import { type Random, systemRandom } from './platform/random.ts';
import { createPages, type Pages } from './pages/create-pages.ts';
import { openSubjects, type OpenSubjects } from './pages/subjects/subjects.ts';
import { connectRedis, type RedisConnection } from './redis/connection.ts';
import {
  createPassthroughIdentify,
  createServiceAuthentication,
  type ServiceAuthentication,
} from './http/authentication.ts';
import { createInProcess, type ExecuteInProcess } from './operations/in-process.ts';
import { createPipeline, type Pipeline, type PipelineOptions } from './operations/pipeline.ts';
import { type Console, createConsole, type SandboxAccount } from './http/console.ts';
import { createGraphqlListener } from './http/graphql.ts';
import { createExportListener, type ExportListener } from './http/export.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import { createTurns, type Turns } from './platform/turns.ts';
import { readManifest } from './operations/documents/manifest.ts';
import { createMetrics, type Metrics } from './operations/telemetry/metrics.ts';
import { logOperations } from './operations/telemetry/log.ts';
import { createOperations, type Operations } from './operations/operations.ts';
import { requireSubgraphKey } from './http/subgraph-key.ts';
import { createTracing, type Tracing } from './operations/telemetry/tracing.ts';
import { createLazyListener } from './http/lazy-listener.ts';
import { createWrites } from './writes/create-writes.ts';
import type { GatewaySettings } from './settings/gateway-settings.ts';
import { createUpstream, type Upstream, type UpstreamAuth, type UpstreamOptions } from './upstream/client.ts';
import { listRoleAssignments } from './upstream/endpoints/role-assignments.ts';
import { createReviews } from './review/reviews.ts';
import { createRedisPendingStore } from './upstream/pending/redis-store.ts';
import { createPendingStore, maxPendingIds } from './upstream/pending/store.ts';
import { createRedisRateWindow } from './upstream/rate-limit/redis-window.ts';
import { createRateWindow } from './upstream/rate-limit/sliding-window.ts';

/** What a gateway can be given instead of making its own. */
export interface GatewayParts {
  /** Time for everything that waits or expires. Default: the system's. */
  readonly clock?: Clock;
  /** Chance: ids, and who goes first of those that wait. Default: the system's. */
  readonly random?: Random;
  /** Told of what happens, in pino's form. Default: nobody is told. */
  readonly logger?: Logger;
  /** Told of every attempted change of roles, at level `info`. Default: `logger`. */
  readonly auditLogger?: Logger;
  /**
   * Sandbox mode: a token that GraphiQL sends with its queries, where callers send upstream's tokens. Answers then always tell what they cost.
   * Default: none.
   */
  readonly sandboxToken?: string;
  /** Sandbox mode: who can sign in to the console, each with a token of its own. Default: nobody. */
  readonly sandboxAccounts?: readonly SandboxAccount[];
  /** The folder of the built console. Default: where the package has it. */
  readonly consoleFolder?: string;
}

/** Everything that a gateway can be told. All of it has a default, but for an upstream: set `region` or `upstreamUrl`. */
export interface GatewayOptions extends GatewaySettings, GatewayParts {}

export interface Gateway {
  /** Answers one request: for a gateway inside somebody else's server. */
  readonly handle: RequestListener;
  /** Answers one operation in this process, as `POST /graphql` would, without a socket: for servers that ask for themselves, and for tests. */
  readonly execute: ExecuteInProcess;
  /** Listens on `port` and `host`, and gives the address of the graph, such as `http://127.0.0.1:4000/graphql`. Rejects where the port is taken. */
  listen(): Promise<string>;
  /** Where Prometheus reads, once it listens: `metricsPort`, or else `/metrics` beside the graph. Undefined where there are no metrics. */
  readonly metricsAddress: string | undefined;
  /** Where the console is, for browsers, once it listens. Undefined where it is off. */
  readonly consoleAddress: string | undefined;
  /**
   * Ends in good order: takes nothing new, lets running operations finish for up to `shutdownTimeoutMs`, ends what waits longer with an error, and
   * lets go of everything.
   */
  drain(): Promise<void>;
  /** Ends what runs with an error, at once, and lets go of everything that the gateway holds. */
  close(): Promise<void>;
}

/**
 * A gateway in this process. Reads nothing from the environment. Throws a `ConfigError` of one line where an option cannot be used or is not known,
 * or where no upstream is set.
 */
export const createGateway = (options: GatewayOptions = {}): Gateway => {
  const { clock, random, logger, auditLogger, sandboxToken, sandboxAccounts, consoleFolder, ...settings } = options;
  return composeGateway(configOf(settings), {
    ...(clock !== undefined && { clock }),
    ...(random !== undefined && { random }),
    ...(logger !== undefined && { logger }),
    ...(auditLogger !== undefined && { auditLogger }),
    ...(sandboxToken !== undefined && { sandboxToken }),
    ...(sandboxAccounts !== undefined && { sandboxAccounts }),
    ...(consoleFolder !== undefined && { consoleFolder }),
  });
};

/** The same from a config that is read already. Puts the layers together, from the bottom to the top. */
export const composeGateway = (config: Config, parts: GatewayParts = {}): Gateway => {
  const {
    clock = systemClock,
    random = systemRandom,
    logger = silentLogger,
    auditLogger = logger,
    sandboxToken,
  } = parts;
  const platform: Platform = { clock, random, logger };
  // There is one event loop, so everything that may take long takes turns together.
  const turns = createTurns();
  const { auth, identify, missing, callerInBackground } = composeCallers(config, platform);
  const tracing = composeTracing(config);
  const metrics: Metrics = createMetrics({
    upstream: () => upstream.state(),
    pages: () => pages.state(),
    runningOperations: () => operations.running,
  });
  const redis = composeRedis(config, platform);
  const upstream = composeUpstream(config, platform, { auth, metrics, tracing, redis });
  const pages = composePages(config, platform, redis);
  const subjects = openSubjects(pages, upstream.list(listRoleAssignments), config.cacheTtlMs);
  const renews = config.censusEveryMs > 0 && callerInBackground !== undefined && config.cacheTtlMs > 0;
  const walks = pages.openWalks(subjects.list, {
    pageSize: maxListPageSize,
    maxCalls: { limit: config.maxCensusCalls, setting: 'ROLESCOPE_MAX_CENSUS_CALLS' },
    // A gateway with a credential of its own has every reason to know it whole; a caller's may be gone by then.
    goesOn: config.auth === 'service',
    pageTimeoutMs: config.timeoutMs,
    ttlMs: config.cacheTtlMs,
    ...(renews && { keepMs: Infinity }),
  });
  const assignments = createAssignments(subjects.source, {
    ...subjects,
    walks,
    logger,
    turns,
  });
  const directory = createDirectory({
    upstream,
    pages,
    clock,
    ttlMs: config.namesTtlMs,
    maxWalkCalls: config.maxCensusCalls,
    walksGoOn: config.auth === 'service',
  });
  const source = createWalkedCensus({ walks, versions: pages.versions, isRenewed: renews });
  const renewal = renews
    ? startRenewal({ ...platform, source, caller: callerInBackground, everyMs: config.censusEveryMs })
    : undefined;
  const access = createAccess({ source, clock });
  const writes = createWrites({
    upstream,
    pages,
    censuses: source,
    clock,
    logger,
    auditLogger,
    isOn: config.writes ?? sandboxToken !== undefined,
    settleMs: config.writeSettleMs,
    auditFile: config.auditFile,
    onChange: metrics.onChange,
    onAccident: metrics.onAccident,
    trace: tracing?.around,
  });
  const operations = composeOperations(config, platform, { metrics, tracing, subjects, turns });
  const graphql = composeGraphql(config, platform, {
    identify,
    operations,
    turns,
    freshness: pages.freshness,
    alwaysReport: sandboxToken !== undefined,
    contextFor: (operation) => {
      const read = (): Omit<GraphContext, 'operation' | 'writes'> => {
        const answers = assignments.forOperation(operation);
        const below = {
          assignments: tracing === undefined ? answers : tracing.follow(answers, operation),
          directory: directory.forOperation(operation),
        };
        return { ...below, access: access.forOperation(operation, below) };
      };
      const context: GraphContext = {
        operation,
        ...read(),
        // What the operation has read before it changed something is not to answer it afterwards.
        writes: writes.forOperation(operation, { onChanged: () => void Object.assign(context, read()) }),
      };
      return context;
    },
  });
  const webConsole = composeConsole(config, random, parts);
  const reviews = createReviews({ upstream, directory, clock, random, timeoutMs: config.timeoutMs });
  const http = composeHttp(config, platform, {
    export: config.export ? createExportListener({ reviews, identify, clock, logger }) : undefined,
    graphql,
    metrics,
    operations,
    upstream,
    sandboxToken,
    console: webConsole,
    missing,
  });

  let consoleAddress: string | undefined;
  const letGo = async (): Promise<void> => {
    renewal?.stop();
    pages.close();
    await upstream.close();
    redis?.close();
    await tracing?.close();
  };
  return {
    handle: http.handle,
    execute: createInProcess(graphql.pipeline),
    async listen() {
      await tracing?.ready();
      const origin = await http.listen(config.port, config.host);
      if (webConsole !== undefined) consoleAddress = `${origin}/`;
      return `${origin}/graphql`;
    },
    get metricsAddress() {
      return http.metricsAddress;
    },
    get consoleAddress() {
      return consoleAddress;
    },
    async drain() {
      await http.drain();
      await letGo();
    },
    async close() {
      await http.close();
      await letGo();
    },
  };
};

/** What every layer is given. */
interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

interface Callers extends ServiceAuthentication {
  readonly auth: UpstreamAuth;
}

/** Whose credential goes upstream, and how callers say who they are. Refuses to serve a credential of its own to just anybody. */
const composeCallers = (config: Config, { clock, logger }: Platform): Callers => {
  if (config.auth === 'passthrough') {
    return {
      auth: { mode: 'passthrough' },
      identify: createPassthroughIdentify(),
      missing: () => Promise.resolve(undefined),
    };
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
    auth: { mode: 'service', username, password },
    ...createServiceAuthentication({ ...config, username, password, clock, logger }),
  };
};

/** Absent where there is no collector. */
const composeTracing = ({ otlpEndpoint, otlpHeaders, serviceName }: Config): Tracing | undefined =>
  otlpEndpoint === undefined ? undefined : createTracing({ endpoint: otlpEndpoint, headers: otlpHeaders, serviceName });

/** What replicas share. Absent without Redis. */
const composeRedis = ({ redisUrl }: Config, platform: Platform): RedisConnection | undefined =>
  redisUrl === undefined ? undefined : connectRedis({ url: redisUrl, ...platform });

interface UpstreamParts {
  readonly auth: UpstreamAuth;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
  readonly redis: RedisConnection | undefined;
}

const composeUpstream = (
  config: Config,
  platform: Platform,
  { auth, metrics, tracing, redis }: UpstreamParts,
): Upstream => {
  if (config.upstream === undefined) throw new ConfigError(noUpstream);
  const { baseUrl, tokenUrl, usersUrl, devicesUrl, policiesUrl } = config.upstream;
  return createUpstream({
    addresses: { identity: baseUrl, token: tokenUrl, users: usersUrl, devices: devicesUrl, policies: policiesUrl },
    ...platform,
    auth,
    rateLimitPerSecond: config.rateLimit,
    ...(config.addressRateLimit !== undefined && { addressRateLimitPerSecond: config.addressRateLimit }),
    attemptTimeoutMs: config.attemptTimeoutMs,
    onAttempt: metrics.onAttempt,
    ...(tracing !== undefined && { trace: tracing.policy }),
    ...(redis !== undefined && shareClient(config, platform, redis)),
  });
};

/** What the clients of all replicas share. Whatever is wrong with Redis, each goes on alone with what it has in memory. */
const shareClient = (
  { rateLimit: limit, addressRateLimit: addressLimit = limit }: Config,
  { clock, random }: Platform,
  redis: RedisConnection,
): Required<Pick<UpstreamOptions, 'rateWindow' | 'pendingStore'>> => ({
  rateWindow: createRedisRateWindow({
    redis,
    local: createRateWindow({ limit, addressLimit }),
    clock,
    random,
    limit,
    addressLimit,
  }),
  pendingStore: createRedisPendingStore({ redis, local: createPendingStore(clock, maxPendingIds), random }),
});

/** Nothing is kept where pages are not to be. */
const composePages = (
  { cacheTtlMs, cacheMaxBytes }: Config,
  { clock, random }: Platform,
  redis: RedisConnection | undefined,
): Pages => createPages({ clock, random, maxBytes: cacheTtlMs === 0 ? 0 : cacheMaxBytes, redis });

const composeOperations = (
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
  'turns' | 'identify' | 'operations' | 'freshness' | 'alwaysReport' | 'contextFor'
>;

/** What answers GraphQL: by its path, and from this process. */
interface Graphql {
  readonly listeners: ReadonlyMap<string, RequestListener>;
  readonly pipeline: Pipeline;
}

const composeGraphql = (config: Config, { clock, logger }: Platform, parts: GraphqlParts): Graphql => {
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
      const { createSubgraphSchema } = await import('./graph/federation/subgraph-schema.ts');
      const schemaOfSubgraph = createSubgraphSchema(config.subgraphUserKeys === 'uuid' ? ['uuid'] : ['uuid', 'email']);
      const subgraphPipeline = createPipeline({ ...options, schema: schemaOfSubgraph });
      return createGraphqlListener({ pipeline: subgraphPipeline, operations, endpoint: '/subgraph' });
    });
    const key = config.subgraphKey;
    listeners.set('/subgraph', key === undefined ? subgraph : requireSubgraphKey(key, subgraph));
  }
  return { listeners, pipeline };
};

interface HttpParts {
  readonly graphql: Graphql;
  readonly metrics: Metrics;
  readonly operations: Operations;
  readonly upstream: Upstream;
  readonly export: ExportListener | undefined;
  readonly sandboxToken: string | undefined;
  readonly console: Console | undefined;
  readonly missing: Callers['missing'];
}

const composeHttp = (
  config: Config,
  { clock, random }: Platform,
  { graphql, metrics, operations, upstream, export: exports, sandboxToken, console: webConsole, missing }: HttpParts,
): HttpServer =>
  createHttpServer({
    graphql: graphql.listeners,
    console: webConsole,
    export: exports,
    ...(hasGraphiql(config) && {
      // In service mode it is upstream's and no key of ours: every tab would be refused.
      graphiql: sandboxToken === undefined || config.auth === 'service' ? {} : { presetToken: sandboxToken },
    }),
    ...(config.metrics && {
      metrics: { answer: metrics.handle, ...(config.metricsPort !== undefined && { port: config.metricsPort }) },
    }),
    readiness: async () => {
      const [isReachable, ofCallers] = await Promise.all([upstream.probe(), missing()]);
      return isReachable ? ofCallers : { what: 'upstream cannot be reached', isFatal: true };
    },
    operations,
    maxBodyBytes: config.maxBodyBytes,
    corsOrigins: config.corsOrigins,
    shutdownTimeoutMs: config.shutdownTimeoutMs,
    clock,
    random,
  });

const hasGraphiql = ({ graphiql, isProduction }: Config): boolean => graphiql ?? !isProduction;

/** Absent where it is off, was not built, or could ask nothing: its own operations are in nobody's manifest. */
const composeConsole = (
  config: Config,
  random: Random,
  { sandboxAccounts, consoleFolder }: GatewayParts,
): Console | undefined => {
  if (!config.console || config.trustedOnly) return undefined;
  const mode = config.auth === 'service' ? 'service' : sandboxAccounts === undefined ? 'passthrough' : 'sandbox';
  const accounts = mode === 'sandbox' ? (sandboxAccounts ?? []) : [];
  return createConsole({
    facts: { mode, accounts, ...(hasGraphiql(config) && { graphiql: '/graphql' }) },
    random,
    folder: consoleFolder,
  });
};

/** What clients may send by its id. */
const knownOf = (config: Config, schema: GraphQLSchema): PipelineOptions['known'] & object => {
  const { manifest, trustedOnly } = config;
  if (trustedOnly && manifest === undefined) {
    throw new ConfigError('ROLESCOPE_TRUSTED_ONLY needs ROLESCOPE_MANIFEST: without operations nothing could be run');
  }
  return { manifest: manifest === undefined ? undefined : readManifest(manifest, schema), trustedOnly };
};

export const noUpstream =
  'nothing to serve: set ROLESCOPE_REGION or ROLESCOPE_UPSTREAM_URL for ESET Connect, or start with --sandbox for made-up data';
