import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import '../../upstream/harness.ts';
import {
  createGateway,
  createSandbox,
  type GatewaySettings,
  type Sandbox,
  type SandboxOptions,
} from '../../../src/index.ts';
import type { Clock } from '../../../src/platform/clock.ts';
import { steadyRandom } from '../../upstream/harness.ts';
import { addressesOf } from '../../support/addresses-of.ts';

/** What `POST /graphql` answers. */
export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

export interface Question {
  readonly endpoint: 'graphql' | 'subgraph';
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly user: string;
}

/** A gateway with a sandbox of its own, so that what one changes no other sees. Lanes that were asked the same are in the same state. */
export interface Lane {
  readonly sandbox: Sandbox;
  readonly clock: SteppingClock;
  ask(question: Question): Promise<Answer>;
  /** How many calls upstream saw since the last look. */
  calls(): number;
  close(): Promise<void>;
}

export interface LaneOptions {
  readonly sandbox: SandboxOptions;
  readonly settings: GatewaySettings;
}

/** A clock that stands while nobody waits. Short waits are over at once, with the time that they took; deadlines never come. */
export interface SteppingClock extends Clock {
  setTo(nowMs: number): void;
}

const shortMs = 9000;

/**
 * In a world of 24 subjects the one user who says of itself another thing than its group does, as upstream may for a while. Whom a gateway asks, the group or
 * the list of all users, depends on which it takes to cost less, and so on what it has read: the answers differ, and each is right.
 */
const laggingUser = '43d0fad5-901b-47df-be68-8cd5650df2a1';

const createSteppingClock = (): SteppingClock => {
  let nowMs = Date.UTC(2026, 0, 1);
  return {
    nowMs: () => nowMs,
    after(delayMs, callback) {
      if (delayMs > shortMs) return () => {};
      const dueMs = nowMs + Math.max(0, delayMs);
      const timer = setImmediate(() => {
        nowMs = Math.max(nowMs, dueMs);
        callback();
      });
      return () => clearImmediate(timer);
    },
    setTo(toMs) {
      nowMs = toMs;
    },
  };
};

export const createLane = async ({ sandbox: options, settings }: LaneOptions): Promise<Lane> => {
  const clock = createSteppingClock();
  const sandbox = await createSandbox({ rateLimit: false, fairUse: false, clock, ...options });
  (await sandbox.control.directory()).deleteUsers({ uuids: [laggingUser] });
  const gateway = createGateway({
    port: 0,
    ...addressesOf(sandbox),
    rateLimit: 1_000_000,
    // Which of several fields meets the end of a budget is a matter of chance.
    maxCalls: 100_000,
    subgraph: true,
    writes: true,
    metrics: false,
    clock,
    random: steadyRandom(),
    ...settings,
  });
  // Its own server looks at its connections every few seconds, and with that this clock would never stand.
  const server = createServer(gateway.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // One token each: what is kept belongs to a credential, and each is made anew when it is asked for.
  const tokens = new Map<string, string>();
  const headersOf = (user: string): Record<string, string> => {
    if (user === 'nobody') return {};
    const token = tokens.get(user) ?? sandbox.tokenOf(`${user}@sandbox.example`) ?? 'unknown';
    tokens.set(user, token);
    return { authorization: `Bearer ${token}` };
  };
  return {
    sandbox,
    clock,
    async ask({ endpoint, query, variables, user }) {
      const headers = headersOf(user);
      const operationName = 'Q';
      if (endpoint === 'graphql') {
        return (await gateway.execute({ query, variables, operationName, headers })) as Answer;
      }
      const response = await fetch(`${origin}/subgraph`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables, operationName }),
      });
      return (await response.json()) as Answer;
    },
    calls() {
      const { length } = sandbox.transcript();
      sandbox.clearTranscript();
      return length;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await gateway.close();
      await sandbox.close();
    },
  };
};
