import { pino } from 'pino';
import { noUpstream } from '../composition/upstream.ts';
import { composeGateway } from '../gateway.ts';
import { ConfigError } from '../model/errors.ts';
import type { SandboxAccount } from '../http/console.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Config } from '../settings/read.ts';
import { endOnSignal } from './end-on-signal.ts';
import { type ChosenPort, onPort } from './listening.ts';
import { print } from './output.ts';

/** Who can sign in to the console. */
const accountsOf = (sandbox: Sandbox): readonly SandboxAccount[] =>
  sandbox.users.flatMap(({ name, description }) => {
    const token = sandbox.tokenOf(name);
    return token === undefined ? [] : [{ name, description, token }];
  });

/** `rolescope serve`: serves the graph until a signal ends it. Fails with a `ConfigError` where there is nothing to serve, or no port for it. */
export const serve = async (config: Config): Promise<void> => {
  if (config.sandbox && config.upstream !== undefined) {
    throw new ConfigError('--sandbox serves made-up data and an upstream is set as well: leave one of them out');
  }
  const stand = config.sandbox ? await import('./sandbox.ts') : undefined;
  const sandbox = await stand?.startSandbox(config, '--sandbox-port');
  const upstream = sandbox === undefined ? config.upstream : stand?.addressesOf(sandbox);
  if (upstream === undefined) throw new ConfigError(noUpstream);
  const logger = pino({ level: config.logLevel }, pino.destination(2));
  const gateway = composeGateway(
    { ...config, upstream },
    {
      logger,
      // Who has changed what is written at every level: whoever wants less of the log must not lose the audit.
      auditLogger: logger.child({}, { level: 'info' }),
      ...(sandbox !== undefined && { sandboxToken: sandbox.adminToken, sandboxAccounts: accountsOf(sandbox) }),
    },
  );
  const address = await onPort(portsOf(config), () => gateway.listen());
  // Before anything is printed: who waits for the line may send a signal as soon as it is there.
  endOnSignal(async () => {
    await gateway.drain();
    await sandbox?.close();
  });
  if (sandbox !== undefined) stand?.printSandbox(sandbox);
  // The page first: whoever has just started it is to open that. Who only wants the graph reads on.
  const graphiql = (config.graphiql ?? !config.isProduction) ? `, GraphiQL at ${address}` : '';
  if (gateway.consoleAddress !== undefined) print(`The console is at ${gateway.consoleAddress}${graphiql}`);
  print(`Rolescope serves the graph at ${address}`);
  if (config.metricsPort !== undefined) print(`Numbers for Prometheus at ${gateway.metricsAddress}`);
};

/** Where the gateway listens, the last one first to be suspected where two are the same. */
const portsOf = ({ port, metricsPort, host }: Config): readonly ChosenPort[] => [
  { owner: 'the gateway', port, flag: '--port', variable: 'PORT', host },
  ...(metricsPort === undefined
    ? []
    : [{ owner: '/metrics', port: metricsPort, flag: '--metrics-port', variable: 'ROLESCOPE_METRICS_PORT', host }]),
];
