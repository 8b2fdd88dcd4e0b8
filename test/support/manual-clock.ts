import { subscribe } from 'node:diagnostics_channel';
import type { Clock } from '../../src/platform/clock.ts';

/** A clock that stands still until it is turned. Share one between the gateway and the sandbox of a test. */
export interface ManualClock extends Clock {
  /** How many timers are waiting. */
  readonly waiting: number;
  /** Turns the clock by `byMs`, calling back everything that falls due, in order, before it answers. Lets no I/O happen between. */
  advance(byMs: number): void;
  /** Waits, in real time, until no HTTP message is under way in this process, no work that lets others have a turn, and nothing touches the clock any more. */
  quiet(): Promise<void>;
  /** Turns the clock by `byMs` from timer to timer, letting all I/O come to rest before each turn and at the end. */
  pass(byMs: number): Promise<void>;
  /** Turns to the next timer whenever all I/O has come to rest, until `work` settles; answers or fails as it does. */
  run<T>(work: Promise<T>): Promise<T>;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

// Counts of HTTP messages, by what node and undici themselves publish. A request that is not sent yet, one that was sent and is not at a
// server of this process yet, or an answer that left one and is not read yet: the clock must not be turned.
const wire = { activity: 0, sent: 0, served: 0 };
const unsent = new Set<object>();
const underWay = new WeakSet<object>();

const count = (channel: string, apply: (message: never) => void): void =>
  subscribe(channel, (message) => {
    wire.activity++;
    apply(message as never);
  });

const leave = ({ request }: { request: object }) => {
  unsent.delete(request);
  if (underWay.delete(request)) wire.sent--;
};
count('undici:request:create', ({ request }: { request: object }) => unsent.add(request));
count('undici:client:sendHeaders', ({ request }: { request: object }) => {
  unsent.delete(request);
  underWay.add(request);
  wire.sent++;
});
count('undici:request:trailers', leave);
count('undici:request:error', leave);
count('http.client.request.start', () => wire.sent++);
count('http.client.response.finish', () => wire.sent--);
count('http.client.request.error', () => wire.sent--);
count('http.server.request.start', ({ response }: { response: NodeJS.EventEmitter }) => {
  wire.served++;
  response.once('close', () => {
    wire.activity++;
    wire.served--;
  });
});

/** A message that never arrives (a server that is no HTTP server, a socket cut under a request) must not hold time for ever. */
const maxStuckTurns = 250;
/** Nor must what never ends. */
const maxTurns = 10_000;

// What goes on between two messages: work that lets others have a turn, a connection that is being made, a name or a file that is looked up.
const works = new Set(['Immediate', 'TCPConnectWrap', 'GetAddrInfoReqWrap', 'FSReqCallback', 'FSReqPromise']);
const isWorking = (): boolean => process.getActiveResourcesInfo().some((name) => works.has(name));

const nextTick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** Starts at an arbitrary but plausible wall-clock time. */
export const createManualClock = (startMs = Date.UTC(2026, 0, 1)): ManualClock => {
  const timers = new Set<Timer>();
  let nowMs = startMs;
  let touches = 0;

  const nextTimer = (): Timer | undefined => {
    let next: Timer | undefined;
    // Insertion order decides between equals, as with real timers.
    for (const timer of timers) if (next === undefined || timer.dueMs < next.dueMs) next = timer;
    return next;
  };

  const turnTo = (untilMs: number): void => {
    for (let next = nextTimer(); next !== undefined && next.dueMs <= untilMs; next = nextTimer()) {
      timers.delete(next);
      nowMs = Math.max(nowMs, next.dueMs);
      next.callback();
    }
    nowMs = untilMs;
  };

  const quiet = async (isOver: () => boolean = () => false): Promise<void> => {
    let calm = 0;
    let stuck = 0;
    for (let turns = 0; turns < maxTurns && stuck < maxStuckTurns && calm < 4 && !isOver(); turns++) {
      const before = wire.activity + touches;
      await nextTick();
      const hasMoved = before !== wire.activity + touches;
      const isAtWork = isWorking();
      const isUnderWay = unsent.size > 0 || wire.sent !== wire.served;
      calm = hasMoved || isAtWork || isUnderWay ? 0 : calm + 1;
      stuck = hasMoved || isAtWork || !isUnderWay ? 0 : stuck + 1;
    }
  };

  return {
    get waiting() {
      return timers.size;
    },
    nowMs: () => {
      touches++;
      return nowMs;
    },
    after: (delayMs, callback) => {
      touches++;
      const timer = { dueMs: nowMs + Math.max(0, delayMs), callback };
      timers.add(timer);
      return () => {
        if (timers.delete(timer)) touches++;
      };
    },
    advance: (byMs) => turnTo(nowMs + byMs),
    quiet: () => quiet(),
    async pass(byMs) {
      const untilMs = nowMs + byMs;
      for (;;) {
        await quiet();
        const next = nextTimer();
        if (next === undefined || next.dueMs > untilMs) break;
        turnTo(next.dueMs);
      }
      turnTo(untilMs);
      await quiet();
    },
    async run(work) {
      let isSettled = false;
      const note = () => {
        isSettled = true;
      };
      work.then(note, note);
      let idleTurns = 0;
      for (;;) {
        await quiet(() => isSettled);
        if (isSettled) return work;
        const next = nextTimer();
        if (next !== undefined) {
          turnTo(Math.max(nowMs, next.dueMs));
          idleTurns = 0;
        } else if (++idleTurns > 1000) {
          throw new Error(
            'the work waits for something that is neither a timer of this clock nor HTTP in this process',
          );
        }
      }
    },
  };
};
