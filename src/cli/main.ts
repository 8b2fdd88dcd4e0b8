#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { pino } from 'pino';
import { type Config, helpText, readInvocation, type UpstreamAddresses } from '../settings/read.ts';
import { composeGateway, noUpstream } from '../gateway.ts';
import { systemClock } from '../platform/clock.ts';
import { ConfigError, GatewayError } from '../model/errors.ts';
import { systemRandom } from '../platform/random.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

// What one command alone needs is imported where it runs: every file costs the others time before their first answer.

const main = async (): Promise<void> => {
  const invocation = readInvocation(process.argv.slice(2));
  if (invocation.kind === 'help') return print(helpText());
  if (invocation.kind === 'version') return print(version());
  await runs[invocation.command](invocation.config);
};

const serve = async (config: Config): Promise<void> => {
  if (config.sandbox && config.upstream !== undefined) {
    throw new ConfigError('--sandbox serves made-up data and an upstream is set as well: leave one of them out');
  }
  if (!config.sandbox && config.upstream === undefined) throw new ConfigError(noUpstream);
  const sandbox = config.sandbox ? await startSandbox(config) : undefined;
  if (config.cacheTtlMs > 0 && config.cacheMaxBytes > 0) keepHeapTight();
  const gateway = composeGateway(sandbox === undefined ? config : { ...config, upstream: addressesOf(sandbox) }, {
    logger: pino({ level: config.logLevel }, pino.destination(2)),
    ...(sandbox !== undefined && { sandboxToken: sandbox.adminToken }),
  });
  const address = await gateway.listen();
  // Before anything is printed: who waits for the line may send a signal as soon as it is there.
  endOnSignal(async () => {
    await gateway.drain();
    await sandbox?.close();
  });
  if (sandbox !== undefined) printSandbox(sandbox);
  print(`Rolescope serves the graph at ${address}`);
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

const serveSandboxAlone = async (config: Config): Promise<void> => {
  const sandbox = await startSandbox(config);
  endOnSignal(() => sandbox.close());
  printSandbox(sandbox);
};

const doctor = async (config: Config): Promise<void> => {
  const { username, token } = config;
  const password = username !== undefined && token === undefined ? await passwordOf(config) : undefined;
  const { formatFinding, runDoctor } = await import('./doctor/examination.ts');
  const isFine = await runDoctor(
    { ...upstreamOf(config), username, password, token, clock: systemClock, random: systemRandom },
    (finding) => print(formatFinding(finding)),
  );
  if (!isFine) process.exitCode = 1;
};

const token = async (config: Config): Promise<void> => {
  const { username, upstream } = config;
  // A login needs no Identity address, so one that stands alone will do.
  const tokenUrl = upstream?.tokenUrl ?? config.tokenUrl;
  if (tokenUrl === undefined) throw new ConfigError('set ROLESCOPE_REGION or ROLESCOPE_TOKEN_URL to log in somewhere');
  if (username === undefined) throw new ConfigError('set ROLESCOPE_USERNAME or --username to the name of the API user');
  const password = await passwordOf(config);
  const { login } = await import('../upstream/credentials/login.ts');
  const { accessToken } = await login({ tokenUrl, username, password, clock: systemClock, random: systemRandom });
  print(accessToken);
};

const runs = { serve, sandbox: serveSandboxAlone, doctor, token } as const;

const startSandbox = async (config: Config): Promise<Sandbox> => {
  const [{ createSandbox }, { parseSandboxFlags }, { readWorldFile }] = await Promise.all([
    import('../sandbox/sandbox.ts'),
    import('../sandbox/control/flags.ts'),
    import('../sandbox/world/file/read-world-file.ts'),
  ]);
  return createSandbox({
    port: config.sandboxPort,
    subjects: config.sandboxSubjects,
    ...(config.sandboxWorld !== undefined && { world: await readWorldFile(config.sandboxWorld) }),
    ...parseSandboxFlags({
      rateLimit: config.sandboxRateLimit,
      retryAfter: config.sandboxRetryAfter,
      fairUse: config.sandboxFairUse,
      pending: config.sandboxPending,
      pageShape: config.sandboxPageShape,
      faults: config.sandboxFault,
    }),
  });
};

/** Everything that the sandbox stands in for. */
const addressesOf = ({ urls, tokenUrl }: Sandbox): UpstreamAddresses => ({
  baseUrl: urls.identity,
  tokenUrl,
  usersUrl: urls.users,
  devicesUrl: urls.devices,
  policiesUrl: urls.policies,
});

const printSandbox = (sandbox: Sandbox): void => {
  print(`Sandbox with made-up data at ${sandbox.url}, tokens at ${sandbox.tokenUrl}`);
  const { users, devices, policies } = sandbox.urls;
  print(`  users at ${users}, devices at ${devices}, policies at ${policies}`);
  for (const { name, password, description } of sandbox.users) print(`  ${name} / ${password}: ${description}`);
  print(`  A token of the first one, good for a day: ${sandbox.adminToken}`);
};

const upstreamOf = ({ upstream }: Config): UpstreamAddresses => {
  if (upstream === undefined) throw new ConfigError('set ROLESCOPE_REGION or ROLESCOPE_UPSTREAM_URL for ESET Connect');
  return upstream;
};

/** From the settings or, where somebody is there to ask, from a prompt. */
const passwordOf = async ({ password, username }: Config): Promise<string> => {
  if (password !== undefined) return password;
  const { promptPassword } = await import('./password-prompt.ts');
  return promptPassword(`Password of ${username}: `, process.stdin, process.stderr);
};

/** Ends in good order when asked to; a second signal of the kind ends at once. */
const endOnSignal = (close: () => Promise<void>): void => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void close().then(() => process.exit(0));
    });
  }
};

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const version = (): string => {
  const { version: found } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return found;
};

/** What somebody can mend is said in plain words; anything else is worth its stack. */
const explain = async (error: unknown): Promise<string> => {
  const { SandboxInputError } = await import('../sandbox/control/input.ts');
  if (error instanceof ConfigError || error instanceof RangeError || error instanceof SandboxInputError)
    return error.message;
  if (error instanceof GatewayError) return `${error.code}: ${error.message}`;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'the port is taken: choose another with --port or --sandbox-port';
  if (syscall === 'listen' || syscall === 'getaddrinfo') return `HOST and PORT cannot be listened on: ${code}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

main().catch(async (error: unknown) => {
  // Exits by force: a sandbox that was started before, say, the gateway's port was found taken would keep the process alive.
  process.stderr.write(`rolescope: ${await explain(error)}\n`, () => process.exit(1));
});
