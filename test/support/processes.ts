import { spawn, type SpawnOptions } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command to its end. The output is what it wrote to both streams. */
export const runToEnd = (command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });

export interface Server {
  /** What it has written so far. */
  output(): string;
  /** The first match of what it writes, as soon as it does. Rejects where it ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it, and everything it started, to end, and waits until it has. */
  stop(): Promise<Finished>;
}

/** Starts a command that goes on running, in a process group of its own. */
export const startServer = (command: string, args: readonly string[], options: SpawnOptions = {}): Server => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  let output = '';
  let finished: Finished | undefined;
  const watchers = new Set<() => void>();
  const onChange = () => {
    for (const watch of watchers) watch();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      onChange();
    });
  }
  const closed = new Promise<Finished>((resolve) => {
    child.once('close', (code) => {
      finished = { code, output };
      onChange();
      resolve(finished);
    });
  });
  return {
    output: () => output,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const match = pattern.exec(output);
          if (match === null && finished === undefined) return;
          watchers.delete(watch);
          if (match === null) reject(new Error(`ended with ${finished?.code} before ${pattern}:\n${output}`));
          else resolve(match);
        };
        watchers.add(watch);
        watch();
      }),
    stop: () => {
      if (finished === undefined && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      return closed;
    },
  };
};
