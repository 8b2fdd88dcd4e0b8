#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { type Config, helpText, readInvocation } from './config.ts';
import { composeGateway, type GatewayParts, noUpstream } from './gateway.ts';
import { ConfigError } from './model/errors.ts';
import { createSandbox, type Sandbox } from './sandbox/sandbox.ts';

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const main = async (): Promise<void> => {
  const invocation = readInvocation(process.argv.slice(2));
  if (invocation.kind === 'help') return print(helpText());
  if (invocation.kind === 'version') return print(version());
  const { command, config } = invocation;
  switch (command) {
    case 'serve':
      return serve(config);
    case 'sandbox':
      return serveSandboxAlone(config);
    case 'doctor':
    case 'token':
      throw new ConfigError('not there yet');
  }
};

const serve = async (config: Config): Promise<void> => {
  if (config.sandbox && config.upstream !== undefined) {
    throw new ConfigError('--sandbox serves made-up data and an upstream is set as well: leave one of them out');
  }
  if (!config.sandbox && config.upstream === undefined) throw new ConfigError(noUpstream);
  const sandbox = config.sandbox ? await startSandbox(config) : undefined;
  const gateway = composeGateway(
    sandbox === undefined ? config : { ...config, upstream: { baseUrl: sandbox.url, tokenUrl: sandbox.tokenUrl } },
    partsFor(config, sandbox),
  );
  const address = await gateway.listen();
  if (sandbox !== undefined) printSandbox(sandbox);
  print(`Rolescope serves the graph at ${address}/graphql`);
  endOnSignal(async () => {
    await gateway.close();
    await sandbox?.close();
  });
};

const serveSandboxAlone = async (config: Config): Promise<void> => {
  const sandbox = await startSandbox(config);
  printSandbox(sandbox);
  endOnSignal(() => sandbox.close());
};

const startSandbox = (config: Config): Promise<Sandbox> =>
  createSandbox({ port: config.sandboxPort, subjects: config.sandboxSubjects });

const printSandbox = (sandbox: Sandbox): void => {
  print(`Sandbox with made-up data at ${sandbox.url}, tokens at ${sandbox.tokenUrl}`);
  for (const { name, password, description } of sandbox.users) print(`  ${name} / ${password}: ${description}`);
  print(`  A token of the first one, good for a day: ${sandbox.adminToken}`);
};

const partsFor = (config: Config, sandbox: Sandbox | undefined): GatewayParts => ({
  logger: pino({ level: config.logLevel }, pino.destination(2)),
  ...(sandbox === undefined ? {} : { sandboxToken: sandbox.adminToken }),
});

/** Ends in good order when asked to; a second signal ends at once. */
const endOnSignal = (close: () => Promise<void>): void => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void close().then(() => process.exit(0));
    });
  }
};

const version = (): string => {
  const { version: found } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return found;
};

main().catch((error: unknown) => {
  // A setting that cannot be used is one line; anything else is worth its stack.
  const text =
    error instanceof ConfigError || error instanceof RangeError
      ? `rolescope: ${error.message}`
      : `rolescope: ${error instanceof Error ? (portTaken(error) ?? error.stack) : String(error)}`;
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});

const portTaken = (error: NodeJS.ErrnoException): string | undefined =>
  error.code === 'EADDRINUSE' ? 'the port is taken: choose another with --port or --sandbox-port' : undefined;
