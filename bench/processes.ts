import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** How many cores there are, before this process is bound to one. */
export const coreCount = availableParallelism();

/** Where each part runs: what is measured has a core to itself. Undefined where the system cannot pin. */
const cores =
  process.platform === 'linux' && coreCount > 1 && spawnSync('taskset', ['-V']).status === 0
    ? { driver: '0', upstream: coreCount > 2 ? '2' : '0', measured: '1' }
    : undefined;

export const isPinned = cores !== undefined;

/** Puts the load generator, which is this process, on its core. */
export const pinDriver = (): void => {
  if (cores !== undefined) spawnSync('taskset', ['-acp', cores.driver, String(process.pid)]);
};

/** What a process has used, as far as the system tells. */
export interface Usage {
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly peakMemoryBytes: number;
}

/**
 * The command as it is published, bundled with its packages, as `npm run bench:build` makes it. In a folder of its own: what else builds the package may
 * take `dist` away meanwhile.
 */
export const builtGateway = '../../.built/main.cjs';

/** A server under test. */
export interface Server {
  readonly url: string;
  /** From its start to the moment when it said where it listens. */
  readonly startMs: number;
  readonly pid: number;
  usage(): Usage | undefined;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** The program, relative to this folder, and its arguments. */
  readonly program: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  /** Whether it has the core of what is measured. Default: true. */
  readonly hasOwnCore?: boolean;
}

/** Starts a server and waits until it prints its address. */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { program, environment = {}, nodeFlags = [], hasOwnCore = true } = options;
  const startedMs = performance.now();
  const child = spawnNode(program, hasOwnCore ? cores?.measured : undefined, { environment, nodeFlags, ipc: false });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`${program[0]} ended with ${code} before it listened`)));
  });
  return {
    url,
    startMs: performance.now() - startedMs,
    pid: child.pid as number,
    usage: () => readUsage(child.pid as number),
    signal: (name) => void child.kill(name),
    stop: () => stop(child),
  };
};

/** The sandbox in its own process. */
export interface Upstream {
  readonly url: string;
  /** The addresses of its domains, those of names among them. */
  readonly urls: Readonly<Record<'users' | 'devices' | 'policies', string>>;
  readonly token: string;
  /** Of three more callers who may see everything. */
  readonly otherTokens: readonly string[];
  /** How many calls it has seen. */
  calls(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the sandbox with a world of that size. */
export const startUpstream = async (subjects: number): Promise<Upstream> => {
  const child = spawnNode(['./servers/sandbox.js', String(subjects)], cores?.upstream, { ipc: true });
  const { url, urls, token, otherTokens } = (await message(child)) as Pick<
    Upstream,
    'url' | 'urls' | 'token' | 'otherTokens'
  >;
  return {
    url,
    urls,
    token,
    otherTokens,
    calls: async () => {
      child.send('calls');
      return ((await message(child)) as { calls: number }).calls;
    },
    stop: () => stop(child),
  };
};

const children = new Set<ChildProcess>();

/** Ends every process that was started here: for a benchmark that is broken off. */
export const stopAll = (): void => {
  for (const child of children) child.kill('SIGKILL');
};

const spawnNode = (
  [program, ...args]: readonly string[],
  core: string | undefined,
  options: { environment?: Readonly<Record<string, string>>; nodeFlags?: readonly string[]; ipc: boolean },
): ChildProcess => {
  const file = fileURLToPath(new URL(program as string, import.meta.url));
  const command = [process.execPath, ...(options.nodeFlags ?? []), file, ...args];
  const [first, ...rest] = core === undefined ? command : ['taskset', '-c', core, ...command];
  // What a machine tells its Node, such as certificates that it reads at every start, is no part of what is measured.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NODE_')));
  const child = spawn(first as string, rest, {
    stdio: ['ignore', options.ipc ? 'ignore' : 'pipe', 'inherit', ...(options.ipc ? (['ipc'] as const) : [])],
    env: { ...environment, NODE_ENV: 'production', ...options.environment },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
};

const message = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('the sandbox ended'));
    child.once('exit', onExit);
    child.once('message', (value) => {
      child.off('exit', onExit);
      resolve(value);
    });
  });

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });

/** What all threads of a process have used, to the nanosecond: short rounds need more than the hundredths of a second that `stat` counts in. */
const readCpuMs = (pid: number): number => {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);
  }
  return nanoseconds / 1_000_000;
};

/** What a process has used until now; undefined where the system does not tell. */
export const readUsage = (pid: number): Usage | undefined => {
  if (process.platform !== 'linux') return undefined;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return {
    cpuMs: readCpuMs(pid),
    memoryBytes: bytes('VmRSS'),
    peakMemoryBytes: bytes('VmHWM'),
  };
};
