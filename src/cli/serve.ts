import { getHeapStatistics, setFlagsFromString } from 'node:v8';
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
  if (config.cacheTtlMs > 0 && config.cacheMaxBytes > 0) keepHeapTight();
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

/** From this size on the heap is kept near what lives in it. Below, room to grow costs little and saves half of all the work. */
const largeHeapBytes = 200 * 1024 * 1024;

/**
 * Kept pages live long and go one by one. V8 lets a large heap grow to four times what lives in it before it looks for what does
 * not: 1.3 GB for a cache of 256 MiB. Looking after each third makes that 540 MB (`bench/memory-walk.ts`), but halves what a gateway
 * with little in its cache gets done: so it is decided by what is there.
 */
const keepHeapTight = (): void => {
  let isTight = false;
  setInterval(() => {
    const isLarge = getHeapStatistics().used_heap_size > largeHeapBytes;
    if (isLarge !== isTight) setFlagsFromString(`--heap-growing-percent=${isLarge ? 30 : 0}`);
    isTight = isLarge;
  }, 1000).unref();
};
