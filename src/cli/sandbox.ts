import { ConfigError } from '../model/errors.ts';
import { parseSandboxFlags } from '../sandbox/control/flags.ts';
import { SandboxInputError } from '../sandbox/input/input-error.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import type { SandboxWorld } from '../sandbox/world/file/world-file.ts';
import type { Config, UpstreamAddresses } from '../settings/read.ts';
import { endOnSignal } from './end-on-signal.ts';
import { onPort } from './listening.ts';
import { print } from './output.ts';

/** `rolescope sandbox`: runs the sandbox alone until a signal ends it. */
export const serveSandbox = async (config: Config): Promise<void> => {
  const sandbox = await startSandbox(config, '--port');
  endOnSignal(() => sandbox.close());
  printSandbox(sandbox);
};

/** Starts a sandbox as the settings say. `portFlag` is what chooses its port. Fails with a `ConfigError` that names the setting. */
export const startSandbox = async (config: Config, portFlag: string): Promise<Sandbox> => {
  try {
    const options = {
      port: config.sandboxPort,
      subjects: config.sandboxSubjects,
      ...(config.sandboxWorld !== undefined && { world: await readWorld(config.sandboxWorld) }),
      ...(await parseSandboxFlags({
        rateLimit: config.sandboxRateLimit,
        retryAfter: config.sandboxRetryAfter,
        fairUse: config.sandboxFairUse,
        pending: config.sandboxPending,
        pageShape: config.sandboxPageShape,
        faults: config.sandboxFault,
        readings: config.sandboxReading,
        absent: config.sandboxAbsent,
      })),
    };
    const port = {
      owner: 'the sandbox',
      port: config.sandboxPort,
      flag: portFlag,
      variable: 'ROLESCOPE_SANDBOX_PORT',
    };
    return await onPort([port], () => createSandbox(options));
  } catch (error) {
    if (error instanceof SandboxInputError || error instanceof RangeError) {
      throw new ConfigError(error.message, { cause: error });
    }
    throw error;
  }
};

/** Its checks take a library that a start with a made-up world does not need. */
const readWorld = async (path: string): Promise<SandboxWorld> => {
  const { readWorldFile } = await import('../sandbox/world/file/read-world-file.ts');
  return readWorldFile(path);
};

/** Everything that a sandbox stands in for. */
export const addressesOf = ({ urls, tokenUrl }: Sandbox): UpstreamAddresses => ({
  baseUrl: urls.identity,
  tokenUrl,
  usersUrl: urls.users,
  devicesUrl: urls.devices,
  policiesUrl: urls.policies,
});

/** Tells where a sandbox is, and who can log in to it. */
export const printSandbox = (sandbox: Sandbox): void => {
  print(`Sandbox with made-up data at ${sandbox.url}, tokens at ${sandbox.tokenUrl}`);
  const { users, devices, policies } = sandbox.urls;
  print(`  users at ${users}, devices at ${devices}, policies at ${policies}`);
  for (const { name, password, description } of sandbox.users) print(`  ${name} / ${password}: ${description}`);
  print(`  A token of the first one, good for a day: ${sandbox.adminToken}`);
};
