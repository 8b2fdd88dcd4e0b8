import { pino } from 'pino';
import { composeGateway, noUpstream } from '../gateway.ts';
import { ConfigError } from '../model/errors.ts';
import type { Config } from '../settings/read.ts';
import { endOnSignal } from './end-on-signal.ts';
import { onPort } from './listening.ts';
import { print } from './output.ts';

/** `rolescope serve`: serves the graph until a signal ends it. Fails with a `ConfigError` where there is nothing to serve, or no port for it. */
export const serve = async (config: Config): Promise<void> => {
  if (config.sandbox && config.upstream !== undefined) {
    throw new ConfigError('--sandbox serves made-up data and an upstream is set as well: leave one of them out');
  }
  const stand = config.sandbox ? await import('./sandbox.ts') : undefined;
  const sandbox = await stand?.startSandbox(config, '--sandbox-port');
  const upstream = sandbox === undefined ? config.upstream : stand?.addressesOf(sandbox);
  if (upstream === undefined) throw new ConfigError(noUpstream);
  const gateway = composeGateway(
    { ...config, upstream },
    {
      logger: pino({ level: config.logLevel }, pino.destination(2)),
      ...(sandbox !== undefined && { sandboxToken: sandbox.adminToken }),
    },
  );
  const port = { owner: 'the gateway', port: config.port, flag: '--port', variable: 'PORT', host: config.host };
  const address = await onPort(port, () => gateway.listen());
  // Before anything is printed: who waits for the line may send a signal as soon as it is there.
  endOnSignal(async () => {
    await gateway.drain();
    await sandbox?.close();
  });
  if (sandbox !== undefined) stand?.printSandbox(sandbox);
  print(`Rolescope serves the graph at ${address}`);
  if (config.metricsPort !== undefined) print(`Numbers for Prometheus at ${gateway.metricsAddress}`);
};
