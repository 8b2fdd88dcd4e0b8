import { GatewayError } from '../model/errors.ts';
import type { Operations } from '../operations/operations.ts';
import type { Subscriptions } from '../operations/subscriptions.ts';
import type { Clock } from '../platform/clock.ts';
import type { Bodies } from './body.ts';
import type { Connections } from './connections.ts';

interface ShutdownOptions {
  readonly operations: Operations;
  /** Streams that would go on for ever. */
  readonly subscriptions: Pick<Subscriptions, 'endAll'>;
  readonly exports?: { abortAll(reason: GatewayError): void };
  /** Requests that are not read to their end. */
  readonly bodies: Pick<Bodies, 'close'>;
  readonly connections: Connections;
  /** Those of `/metrics`, where that has a port of its own. */
  readonly metricsConnections?: Connections;
  /** How long running operations may go on. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** How a server ends. */
interface Shutdown {
  /** Whether it has been asked to. */
  readonly hasBegun: boolean;
  /** Takes the connections that wait for their turn and no others, and answers what was accepted; after the timeout with an error. Resolves when every connection is closed. */
  drain(): Promise<void>;
  /** Ends what runs with an error, at once. */
  close(): Promise<void>;
}

/** How long connections may still come that the system has taken. */
const waitingGraceMs = 2000;
/** How long connections that are kept alive may still bring a request that was on its way. */
const idleGraceMs = 500;
/** How long the answers may take that say that the gateway ends. */
const answerGraceMs = 2000;

export const createShutdown = (options: ShutdownOptions): Shutdown => {
  const { operations, subscriptions, exports, bodies, connections, metricsConnections, timeoutMs, clock } = options;
  let hasBegun = false;

  const begin = (): void => {
    hasBegun = true;
    operations.closeConnections();
    subscriptions.endAll(subscribeElsewhere());
  };

  const abortAll = (): void => {
    operations.abortAll(shuttingDown());
    exports?.abortAll(shuttingDown());
  };

  return {
    get hasBegun() {
      return hasBegun;
    },
    async drain() {
      begin();
      void metricsConnections?.stopListening();
      metricsConnections?.closeIdle();
      await settlesWithin(connections.untilNoneComes(), waitingGraceMs, clock);
      const over = Promise.all([connections.stopListening(), operations.whenIdle()]);
      const isOverWithin = (delayMs: number) => settlesWithin(over, delayMs, clock);
      if (await isOverWithin(idleGraceMs)) return;
      connections.closeIdle();
      if (await isOverWithin(timeoutMs)) return;
      abortAll();
      if (await isOverWithin(answerGraceMs)) return;
      connections.closeAll();
    },
    async close() {
      begin();
      const closed = Promise.all([connections.stopListening(), metricsConnections?.stopListening()]);
      bodies.close();
      metricsConnections?.closeAll();
      connections.closeIdle();
      abortAll();
      await closed;
    },
  };
};

const settlesWithin = (work: Promise<unknown>, delayMs: number, clock: Clock): Promise<boolean> =>
  new Promise((resolve) => {
    const cancel = clock.after(delayMs, () => resolve(false));
    void work.then(() => {
      cancel();
      resolve(true);
    });
  });

const shuttingDown = (): GatewayError =>
  new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    'The gateway shuts down before ESET Connect has answered. Ask again: another replica, or the next start, will answer.',
    { retryAfterMs: 1000 },
  );

const subscribeElsewhere = (): GatewayError =>
  new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    'The gateway shuts down. Subscribe again: another replica, or the next start, will go on. Ask `record` for what changed meanwhile.',
    { retryAfterMs: 1000 },
  );
