import type { Config } from '../settings/read.ts';
import type { Random } from '../platform/random.ts';
import { type Console, createConsole, type SandboxAccount } from '../http/console.ts';
import type { ExportListener } from '../http/export.ts';
import { createHttpServer, type HttpServer } from '../http/server.ts';
import type { Metrics } from '../operations/telemetry/metrics.ts';
import type { Operations } from '../operations/operations.ts';
import type { Subscriptions } from '../operations/subscriptions.ts';
import type { Upstream } from '../upstream/client.ts';
import type { Callers } from './callers.ts';
import type { Graphql } from './graphql.ts';
import type { Platform } from './platform.ts';

interface HttpParts {
  readonly graphql: Graphql;
  readonly metrics: Metrics;
  readonly operations: Operations;
  readonly subscriptions: Subscriptions;
  readonly upstream: Upstream;
  readonly export: ExportListener | undefined;
  readonly sandboxToken: string | undefined;
  readonly console: Console | undefined;
  readonly missing: Callers['missing'];
}

/** The server with all of its paths. It listens when it is told to. */
export const composeHttp = (config: Config, { clock, random }: Platform, parts: HttpParts): HttpServer => {
  const { graphql, metrics, operations, subscriptions, upstream, sandboxToken, missing } = parts;
  return createHttpServer({
    graphql: graphql.listeners,
    console: parts.console,
    export: parts.export,
    ...(hasGraphiql(config) && {
      // In service mode it is upstream's and no key of ours: every tab would be refused.
      graphiql: {
        teachesRecord: config.record !== undefined,
        ...(sandboxToken !== undefined &&
          config.auth !== 'service' && { presetToken: sandboxToken, teachesWrites: config.writes !== false }),
      },
    }),
    ...(config.metrics && {
      metrics: { answer: metrics.handle, ...(config.metricsPort !== undefined && { port: config.metricsPort }) },
    }),
    readiness: async () => {
      const [isReachable, ofCallers] = await Promise.all([upstream.probe(), missing()]);
      return isReachable ? ofCallers : { what: 'upstream cannot be reached', isFatal: true };
    },
    operations,
    subscriptions,
    maxBodyBytes: config.maxBodyBytes,
    corsOrigins: config.corsOrigins,
    shutdownTimeoutMs: config.shutdownTimeoutMs,
    clock,
    random,
  });
};

const hasGraphiql = ({ graphiql, isProduction }: Config): boolean => graphiql ?? !isProduction;

interface ConsoleParts {
  readonly sandboxAccounts?: readonly SandboxAccount[];
  readonly consoleFolder?: string;
}

/** Absent where it is off, was not built, or could ask nothing: its own operations are in nobody's manifest. */
export const composeConsole = (
  config: Config,
  random: Random,
  { sandboxAccounts, consoleFolder }: ConsoleParts,
): Console | undefined => {
  if (!config.console || config.trustedOnly) return undefined;
  const mode = config.auth === 'service' ? 'service' : sandboxAccounts === undefined ? 'passthrough' : 'sandbox';
  const accounts = mode === 'sandbox' ? (sandboxAccounts ?? []) : [];
  return createConsole({
    facts: {
      mode,
      accounts,
      timeoutMs: config.timeoutMs,
      writes: config.writes ?? mode === 'sandbox',
      export: config.export,
      record: config.record !== undefined,
      ...(hasGraphiql(config) && { graphiql: '/graphql' }),
    },
    random,
    folder: consoleFolder,
  });
};
