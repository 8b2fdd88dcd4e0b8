import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createSandbox, type GatewaySettings, type SandboxOptions } from '../../src/index.ts';
import type { Measured, Order, Started } from './gateway-process.ts';

export interface HostileRequest {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is where it is a text, else as JSON. */
  readonly body: unknown;
}

export interface HostileAnswer {
  readonly status: number;
  readonly text: string;
}

/** A gateway in a process of its own over a sandbox in this one, which tells how long its loop was busy and how much memory it holds. */
export interface MeasuredGateway extends Started {
  /** A token that the sandbox takes. */
  readonly token: string;
  /** Posts to `/graphql`, without a credential unless the headers have one. */
  send(request: HostileRequest): Promise<HostileAnswer>;
  /** Does the work, and tells what the loop and the memory went through meanwhile. */
  measure(work: () => Promise<unknown>): Promise<Measured>;
  /** Collects all garbage, and tells what is still held, in bytes. */
  keptBytes(): Promise<number>;
  /**
   * The longest stretch of the loop for a request, as a multiple of that for a plain question in the same run. Asked up to 48 times, until it is
   * below `enough`, and the best counts: what is collected as garbage or compiled meanwhile may belong to anything. A plain question counts for 8 ms at least, which is a
   * turn of long work.
   */
  stretchOf(
    request: HostileRequest,
    enough: number,
  ): Promise<{ readonly answer: HostileAnswer; readonly stretch: number }>;
  /** How long the loop is busy at most with usual questions, one after the other: the unit of what others may take. */
  plainStretchMs(): Promise<number>;
  /** Whether the process still runs. */
  isAlive(): boolean;
  close(): Promise<void>;
}

export interface MeasuredGatewayOptions {
  readonly settings?: GatewaySettings;
  readonly sandbox?: SandboxOptions;
  /** Bound on the heap, in megabytes. Default: node's own. */
  readonly heapMb?: number;
}

const plainQuery =
  '{ subjects(first: 50) { nodes { reference type roles { nodes { name scopes { nodes { uuid } } } } } } }';

const timesAsked = 48;
const turnMs = 8;

export const startMeasuredGateway = async ({
  heapMb,
  settings,
  sandbox: sandboxOptions,
}: MeasuredGatewayOptions = {}): Promise<MeasuredGateway> => {
  const sandbox = await createSandbox({ rateLimit: false, fairUse: false, ...sandboxOptions });
  const { url: upstreamUrl, tokenUrl } = sandbox;
  const options: GatewaySettings = { upstreamUrl, tokenUrl, ...settings };
  const child = fork(fileURLToPath(new URL('gateway-process.ts', import.meta.url)), [JSON.stringify(options)], {
    execArgv: ['--import', 'tsx', '--expose-gc', ...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`])],
    // Messages come back as they were sent, and what it writes on its way down is for whoever reads the test's output.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const ended = exited.then(([code, signal]: (number | string | null)[]): never => {
    throw new Error(`the gateway's process ended: ${code ?? signal}`);
  });
  ended.catch(() => {});
  const message = async (): Promise<unknown> => {
    const [told] = (await Promise.race([once(child, 'message'), ended])) as unknown[];
    return told;
  };
  const order = async (what: Order): Promise<Measured> => {
    const told = message();
    child.send(what);
    return (await told) as Measured;
  };
  const started = (await message()) as Started;

  const send: MeasuredGateway['send'] = async ({ path = '/graphql', headers, body }) => {
    const response = await fetch(`${started.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };
  const measure: MeasuredGateway['measure'] = async (work) => {
    await order('start measuring');
    await work();
    return order('stop measuring');
  };

  const plainStretchMs: MeasuredGateway['plainStretchMs'] = async () => {
    const headers = { authorization: `Bearer ${sandbox.adminToken}`, 'cache-control': 'no-cache' };
    const ask = () => send({ headers, body: { query: plainQuery } });
    // The first ones load and compile.
    for (let i = 0; i < 20; i++) await ask();
    const { longestStretchMs } = await measure(async () => {
      for (let i = 0; i < 20; i++) await ask();
    });
    return longestStretchMs;
  };
  let plain: Promise<number> | undefined;
  const stretchOf: MeasuredGateway['stretchOf'] = async (request, enough) => {
    const unitMs = Math.max(await (plain ??= plainStretchMs()), turnMs);
    let answer: HostileAnswer = { status: 0, text: '' };
    let bestMs = Number.POSITIVE_INFINITY;
    for (let time = 0; time < timesAsked && bestMs >= enough * unitMs; time++) {
      const { longestStretchMs } = await measure(async () => {
        answer = await send(request);
      });
      bestMs = Math.min(bestMs, longestStretchMs);
    }
    return { answer, stretch: bestMs / unitMs };
  };

  return {
    ...started,
    token: sandbox.adminToken,
    send,
    measure,
    keptBytes: async () => (await order('collect garbage')).heldBytes,
    stretchOf,
    plainStretchMs,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async close() {
      if (child.connected) child.disconnect();
      await exited;
      await sandbox.close();
    },
  };
};
