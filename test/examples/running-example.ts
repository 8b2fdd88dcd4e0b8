import { fileURLToPath } from 'node:url';
import type { ExecutionResult } from 'graphql';
import { type Server, startServer } from '../support/processes.ts';
import { blocksOf, commandsOf } from '../support/readme.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** An example that goes on running, started as its README says. */
export interface RunningExample extends Server {
  /** The first address that it printed. */
  readonly url: string;
  /** The token that it printed. */
  readonly token: string;
}

/** Starts an example by the first command of its README, on free ports, and waits for its address and token. */
export const startExample = async (folder: string): Promise<RunningExample> => {
  const [command] = commandsOf(blocksOf(`${folder}/README.md`));
  if (command === undefined) throw new Error(`${folder}/README.md shows no command`);
  const server = startServer('bash', ['-c', command], { cwd: root, env: { ...process.env, PORT: '0' } });
  const [, url = ''] = await server.waitFor(/(http:\/\/127\.0\.0\.1:\d+[\w/]*)/);
  const [, token = ''] = await server.waitFor(/\btoken[:=] ?(\S+)\s/i);
  return { ...server, url, token };
};

/** Sends one operation to an example, as the caller whose token it printed. */
export const askExample = async ({ url, token }: RunningExample, query: string): Promise<ExecutionResult> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as ExecutionResult;
};
