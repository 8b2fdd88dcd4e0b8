import { type ErrorCode, GatewayError } from '../model/errors.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import type { Answer } from './graphql-request.ts';
import { InvalidRequest } from './refusal.ts';
import { clientGone, type OpenSubscription } from './subscriptions.ts';

/** A subscription that was let in, and where its events come from. */
export interface Begun {
  readonly subscription: OpenSubscription;
  readonly source: AsyncIterator<unknown>;
  readonly answer: (event: unknown) => Answer | Promise<Answer>;
}

interface EventAnswersOptions {
  /** Called once, when the first event is asked for. */
  readonly begin: () => Promise<Begun>;
  /** Throws, or rejects, where nobody may be told any more. */
  readonly check: () => unknown;
  readonly refuse: (error: unknown) => Answer;
}

const over = { done: true, value: undefined } as const;

/** The code of what ended a subscription, or kept it from beginning. */
export const howItEnded = (error: unknown): ErrorCode => {
  const [first] = error instanceof InvalidRequest ? error.errors : [];
  const original = first?.originalError ?? error;
  if (original instanceof GatewayError) return original.code;
  return error instanceof InvalidRequest ? 'BAD_USER_INPUT' : 'INTERNAL';
};

/**
 * The answers of a subscription. One event is asked for when the one before was taken, so nothing is buffered here. No generator: that could not be ended while it
 * waits for an event, and it waits for days.
 */
export const createEventAnswers = (options: EventAnswersOptions): AsyncIterableIterator<Answer> => {
  const { begin, check, refuse } = options;
  let begun: Begun | undefined;
  let isOver = false;

  const end = (how: string): void => {
    if (isOver) return;
    isOver = true;
    begun?.subscription.close(how);
    // Whoever waits for an event of it does so in vain now.
    void begun?.source.return?.();
  };

  const next = async (): Promise<IteratorResult<Answer, undefined>> => {
    begun ??= await begin();
    const { source, subscription, answer } = begun;
    // The client went away before it was let in, and its place has to be given back.
    subscription.signal.throwIfAborted();
    const event = await untilAborted(source.next(), subscription.signal);
    if (event.done === true) {
      end('OK');
      return over;
    }
    await check();
    const leave = await subscription.enter();
    try {
      subscription.signal.throwIfAborted();
      return { done: false, value: await answer(event.value) };
    } finally {
      leave();
    }
  };

  return {
    async next() {
      if (isOver) return over;
      try {
        return await next();
      } catch (error) {
        end(error === clientGone ? 'CLIENT' : howItEnded(error));
        return error === clientGone ? over : { done: false, value: refuse(error) };
      }
    },
    return() {
      begun?.subscription.abort(clientGone);
      end('CLIENT');
      return Promise.resolve(over);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
