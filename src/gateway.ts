import type { RequestListener } from 'node:http';
import { configOf, type Config } from './settings/read.ts';
import { createAccess } from './access/create-access.ts';
import { startRenewal } from './access/census/renewal.ts';
import { createRefusals } from './access/census/refusals.ts';
import { createWalkedCensus } from './access/census/walked-census.ts';
import { createAssignments } from './assignments/create-assignments.ts';
import { createDirectory } from './directory/create-directory.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { maxListPageSize } from './model/contract.ts';
import { type Logger, silentLogger } from './platform/logger.ts';
import { type Random, systemRandom } from './platform/random.ts';
import { streamPages } from './pages/walks/stream-pages.ts';
import { openSubjects } from './pages/subjects/subjects.ts';
import { createInProcess, type ExecuteInProcess } from './operations/in-process.ts';
import type { SandboxAccount } from './http/console.ts';
import { createExportListener } from './http/export.ts';
import { createTurns } from './platform/turns.ts';
import { createSubscriptions } from './operations/subscriptions.ts';
import { createMetrics, type Metrics } from './operations/telemetry/metrics.ts';
import { createWrites } from './writes/create-writes.ts';
import type { GatewaySettings } from './settings/gateway-settings.ts';
import { listRoleAssignments } from './upstream/endpoints/role-assignments.ts';
import { scanRoleAssignments } from './upstream/scanned/scan-assignments.ts';
import { createReviews } from './review/reviews.ts';
import { composeCallers } from './composition/callers.ts';
import { composeGraphql, composeOperations } from './composition/graphql.ts';
import { composeConsole, composeHttp } from './composition/http.ts';
import { createChangeFeed } from './record/change-feed.ts';
import { type ContextParts, OperationContext } from './composition/operation-context.ts';
import { composeRecord } from './composition/record.ts';
import type { Platform } from './composition/platform.ts';
import { composePages, composeRedis, composeTracing, composeUpstream } from './composition/upstream.ts';

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
  const record = composeRecord(config, platform, { callerInBackground, sandboxToken });
  const tracing = composeTracing(config);
  const metrics: Metrics = createMetrics({
    upstream: () => upstream.state(),
    pages: () => pages.state(),
    runningOperations: () => operations.running,
    runningExports: () => exports?.running ?? 0,
    subscribers: () => subscriptions.open,
    record: record && (() => record.keeper.state()),
  });
  const redis = composeRedis(config, platform);
  const upstream = composeUpstream(config, platform, { auth, metrics, tracing, redis });
  const pages = composePages(config, platform, redis);
  // What is kept is read whole, once; what is not is written as it came, where the plan of a query can do so.
  const isScanned = config.cacheTtlMs === 0 && config.queryPlans;
  const list = upstream.list(isScanned ? scanRoleAssignments : listRoleAssignments);
  const subjects = openSubjects(pages, list, config.cacheTtlMs);
  const renews = config.censusEveryMs > 0 && callerInBackground !== undefined && config.cacheTtlMs > 0;
  const censusWalks = {
    pageSize: maxListPageSize,
    maxCalls: { limit: config.maxCensusCalls, setting: 'ROLESCOPE_MAX_CENSUS_CALLS' },
  };
  const walks = pages.openWalks(subjects.list, {
    ...censusWalks,
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
  const seen = record && { record: record.keeper, feed: createChangeFeed(record.keeper) };
  const renewing = record ?? (renews ? { caller: callerInBackground, everyMs: config.censusEveryMs } : undefined);
  const refusals = createRefusals(clock);
  const access = createAccess({
    source,
    stored: record && {
      read: ({ caller }) => (record.isSeenBy(caller) ? record.keeper.census() : Promise.resolve(undefined)),
    },
    refusals,
    clock,
    memory: pages.memory,
  });
  const renewal =
    renewing &&
    startRenewal({
      ...platform,
      source,
      ...renewing,
      // A record needs each census to begin after the one before has ended.
      isShared: record === undefined,
      onCensus: (census) => record?.keeper.offer(census),
      ...(record && {
        beyondMemory: {
          refusals,
          async take(operation) {
            const question = { includeNestedScopes: false };
            await record.keeper.recordWalk(
              streamPages(
                { ...platform, source: upstream.list(listRoleAssignments), question, ...censusWalks },
                operation,
              ),
            );
          },
        },
      }),
    });
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
  const subscriptions = createSubscriptions({
    clock,
    onEvent: metrics.onEvent,
    onEnd: metrics.onSubscriptionEnd,
  });
  const contextParts: ContextParts = {
    assignments: (operation) => {
      const answers = assignments.forOperation(operation);
      return tracing === undefined ? answers : tracing.follow(answers, operation);
    },
    directory: (operation) => directory.forOperation(operation),
    access: (operation, below) => access.forOperation(operation, below),
    writes: (operation, hooks) => writes.forOperation(operation, hooks),
    record: ({ caller }) => (record?.isSeenBy(caller) === true ? seen : undefined),
  };
  const graphql = composeGraphql(config, platform, {
    identify,
    operations,
    subscriptions,
    turns,
    freshness: pages.freshness,
    alwaysReport: sandboxToken !== undefined,
    contextFor: (operation) => new OperationContext(operation, contextParts),
  });
  const webConsole = composeConsole(config, random, parts);
  const reviews = createReviews({
    subjects: upstream.list(listRoleAssignments),
    directory,
    clock,
    random,
    timeoutMs: config.timeoutMs,
  });
  const exports = config.export
    ? createExportListener({ reviews, identify, clock, logger, observer: metrics.onExport })
    : undefined;
  const http = composeHttp(config, platform, {
    export: exports,
    graphql,
    metrics,
    operations,
    subscriptions,
    upstream,
    sandboxToken,
    console: webConsole,
    missing,
  });

  let consoleAddress: string | undefined;
  const letGo = async (): Promise<void> => {
    renewal?.stop();
    await record?.keeper.close();
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
      await record?.keeper.ready();
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
