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
  const { origin } = new URL(await gateway.listen());
  const headersOf = (user: string): Record<string, string> =>
    user === 'nobody' ? {} : { authorization: `Bearer ${sandbox.tokenOf(`${user}@sandbox.example`) ?? 'unknown'}` };
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
      await gateway.close();
      await sandbox.close();
    },
  };
};
