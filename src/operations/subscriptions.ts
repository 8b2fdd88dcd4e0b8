import { GatewayError } from '../model/errors.ts';
import type { Caller } from '../model/operation.ts';
import { Aborter, type Signal } from '../platform/abort.ts';
import type { Clock } from '../platform/clock.ts';
import { keyPart } from '../platform/key-part.ts';
import { RenewedMap } from '../platform/renewed.ts';

interface SubscriptionsOptions {
  readonly clock: Clock;
  /** Default: 2000 in all, half of them of one caller. */
  readonly maxInAll?: number;
  /** Told of each event that is answered. Must not throw. */
  readonly onEvent?: () => void;
  /** Told how a subscription ended: the code of its last error, `CLIENT` where the client went away, `OK` where there was nothing more. Must not throw. */
  readonly onEnd?: (how: string) => void;
}

/** One stream of events on its way to a client. */
export interface OpenSubscription {
  /** Aborts when the stream has to end, with a `GatewayError` for the client, or with `clientGone`. */
  readonly signal: Signal;
  /** Ends it. The first reason counts. */
  abort(reason: unknown): void;
  /** Waits for a place among those whose events are worked on. What it gives lets the next one in. */
  enter(): Promise<() => void>;
  /** Lets go of its place. To be called once, with what it ended with. */
  close(how: string): void;
}

/** Every stream of events of a gateway. */
export interface Subscriptions {
  readonly open: number;
  /**
   * Admits one more. Throws `RATE_LIMITED` where there are too many, of this caller or in all. `check` is asked again while it is open, and what it throws
   * for want of a credential ends it.
   */
  admit(caller: Caller, check: () => unknown): OpenSubscription;
  /** Ends all, and whoever comes later, with this reason. */
  endAll(reason: GatewayError): void;
}

/** Why a stream ends that nobody reads any more. */
export const clientGone = new GatewayError('INTERNAL', 'The client disconnected.');

/** Each holds a connection, some kB, and a place in the list of changes. */
const usualMaxInAll = 2000;
/** Events that are worked on at the same time: what ten thousand streams would ask at once, questions would have to wait for. */
const maxAtWork = 32;
/** How often it is looked whether those who listen still may. */
const recheckMs = 10_000;

/** Admits streams, watches over those who listen, and ends them in good order. */
export const createSubscriptions = (options: SubscriptionsOptions): Subscriptions => {
  const { clock, maxInAll = usualMaxInAll, onEvent, onEnd } = options;
  const maxOfCaller = Math.ceil(maxInAll / 2);
  const open = new RenewedMap<OpenSubscription, () => unknown>();
  const countOf = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let atWork = 0;
  let cancelRecheck: (() => void) | undefined;
  let ending: GatewayError | undefined;

  const recheck = (): void => {
    cancelRecheck = clock.after(recheckMs, recheck);
    for (const [subscription, check] of open) void endUnlessKnown(subscription, check);
  };

  const leave = (): void => {
    atWork--;
    const next = waiting.shift();
    if (next === undefined) return;
    atWork++;
    next();
  };
  const enter = async (): Promise<() => void> => {
    if (atWork < maxAtWork) atWork++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    onEvent?.();
    return leave;
  };

  return {
    get open() {
      return open.size;
    },
    admit(caller, check) {
      if (ending !== undefined) throw ending;
      const key = keyPart(caller.credentialKey) + keyPart(caller.name);
      const count = countOf.get(key) ?? 0;
      if (open.size >= maxInAll) throw tooMany(`The gateway has ${maxInAll} subscribers, and takes no more.`);
      if (count >= maxOfCaller)
        throw tooMany(`You have ${maxOfCaller} subscriptions, which is as many as one caller may.`);
      countOf.set(key, count + 1);
      const aborter = new Aborter();
      const subscription: OpenSubscription = {
        signal: aborter.signal,
        abort: (reason) => aborter.abort(reason),
        enter,
        close(how) {
          if (!open.delete(subscription)) return;
          const left = (countOf.get(key) ?? 1) - 1;
          if (left === 0) countOf.delete(key);
          else countOf.set(key, left);
          if (open.size === 0) {
            cancelRecheck?.();
            cancelRecheck = undefined;
          }
          onEnd?.(how);
        },
      };
      open.set(subscription, check);
      cancelRecheck ??= clock.after(recheckMs, recheck);
      return subscription;
    },
    endAll(reason) {
      ending = reason;
      for (const subscription of open.keys()) subscription.abort(reason);
    },
  };
};

/** What cannot be found out now (the keys of tokens cannot be had) is no reason to end anything. */
const endUnlessKnown = async (subscription: OpenSubscription, check: () => unknown): Promise<void> => {
  try {
    await check();
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') subscription.abort(error);
  }
};

const tooMany = (problem: string): GatewayError =>
  new GatewayError('RATE_LIMITED', `${problem} Subscribe again after the pause, or end another subscription first.`, {
    retryAfterMs: 10_000,
  });
