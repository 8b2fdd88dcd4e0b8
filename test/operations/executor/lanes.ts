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
    upstreamUrl: sandbox.url,
    tokenUrl: sandbox.tokenUrl,
    usersUrl: sandbox.urls.users,
    devicesUrl: sandbox.urls.devices,
    policiesUrl: sandbox.urls.policies,
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

/**
 * An answer, so that equal ones are equal: without what upstream makes up for each request, errors by their place. Of errors that came up below a place
 * that one of them has nulled, those that come first are told, which is a matter of chance: only the place counts.
 */
export const canonical = ({ data, errors = [] }: Answer): string => {
  const told = errors.map(({ extensions: { requestId: _requestId, ...extensions }, path = [], ...error }) => {
    const nulled = nulledPlaceOf(data, path);
    return nulled === undefined ? JSON.stringify({ ...error, path, extensions }) : `below ${nulled.join('.')}`;
  });
  return JSON.stringify({ data, errors: [...new Set(told)].toSorted() });
};

/** The place above a path that is null. Undefined: what is null is the path itself. */
const nulledPlaceOf = (data: unknown, path: readonly (string | number)[]): readonly (string | number)[] | undefined => {
  let at = data;
  for (const [depth, key] of path.entries()) {
    if (at === null || at === undefined) return path.slice(0, depth);
    at = (at as Record<string | number, unknown>)[key];
  }
  return undefined;
};

const cursorNames = new Set(['cursor', 'startCursor', 'endCursor']);
const fieldNameOf = (key: string): string => key.split('_')[0] || key;

/**
 * The same without what follows from what was read before, by the same operation too, whose fields read at the same time: cursors name the page that an item was found on, however large that was, and `asOf` is when the
 * oldest of all that was used came, names included, which are kept for longer than the clock is turned.
 */
export const withoutHistory = (answer: Answer): Answer => ({ ...answer, data: masked(answer.data) });

const masked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inside]) => [
      key,
      typeof inside === 'string' && (cursorNames.has(fieldNameOf(key)) || fieldNameOf(key) === 'asOf')
        ? 'masked'
        : masked(inside),
    ]),
  );
};

/** All cursors of the first list of this name in the answer that has any. */
export const cursorsOf = (data: unknown, list: string): readonly string[] => {
  if (Array.isArray(data)) return data.map((item) => cursorsOf(item, list)).find((found) => found.length > 0) ?? [];
  if (typeof data !== 'object' || data === null) return [];
  for (const [key, value] of Object.entries(data)) {
    const found = key === list ? ownCursors(value) : cursorsOf(value, list);
    if (found.length > 0) return found;
  }
  return [];
};

const ownCursors = (connection: unknown): readonly string[] => {
  if (typeof connection !== 'object' || connection === null) return [];
  return Object.entries(connection).flatMap(([key, value]) => {
    const name = fieldNameOf(key);
    if (name !== 'edges' && name !== 'pageInfo') return [];
    return (Array.isArray(value) ? value : [value]).flatMap((holder: unknown) =>
      Object.entries((holder ?? {}) as Record<string, unknown>).flatMap(([inside, cursor]) =>
        cursorNames.has(fieldNameOf(inside)) && typeof cursor === 'string' ? [cursor] : [],
      ),
    );
  });
};

/** Ids of nodes in an answer. */
export const idsOf = (data: unknown): readonly string[] => {
  if (Array.isArray(data)) return data.flatMap(idsOf);
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) =>
    fieldNameOf(key) === 'id' && typeof value === 'string' ? [value] : idsOf(value),
  );
};
