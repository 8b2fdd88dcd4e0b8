import type { ExecutionResult } from 'graphql';
import type { Answer } from '../operations/graphql-request.ts';

/** Media type of server-sent events (HTML standard, "Server-sent events"). */
export const eventStream = 'text/event-stream';

/** Headers of a stream of events. The last is for nginx, which would hold events back until it has some kB of them. */
export const eventStreamHeaders = {
  'content-type': `${eventStream}; charset=utf-8`,
  'x-accel-buffering': 'no',
} as const;

/** Whether a client takes events, beside whatever else it takes. */
export const takesEvents = (accept: string | undefined): boolean =>
  // Asked of every request, and hardly any of them speaks of events.
  accept !== undefined &&
  /event-stream/i.test(accept) &&
  rangesOf(accept).some(({ type, isRefused }) => type === eventStream && !isRefused);

/** Whether it takes nothing else. Everything is an event to it then, refusals included (GraphQL over SSE, "Distinct connections mode"). */
export const takesOnlyEvents = (accept: string | undefined): boolean =>
  takesEvents(accept) && rangesOf(accept).every(({ type, isRefused }) => type === eventStream || isRefused);

const rangesOf = (accept = '') =>
  accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return { type, isRefused: parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter)) };
  });

/**
 * Answers in the form in which Yoga sends them as events, each when the one before was taken. The stream itself is always accepted, whatever the answers say: a browser's
 * `EventSource` tells nobody why it was not.
 */
export const eventResults = (answers: AsyncIterator<Answer>): AsyncIterableIterator<ExecutionResult> => ({
  async next() {
    const { done, value } = await answers.next();
    return done === true ? { done, value: undefined } : { done: false, value: writtenResult(value) };
  },
  async return() {
    await answers.return?.();
    return { done: true, value: undefined };
  },
  [Symbol.asyncIterator]() {
    return this;
  },
});

/** The one answer to an operation that has no more. */
export async function* oneAnswer(answer: Answer | Promise<Answer>): AsyncGenerator<Answer, undefined> {
  yield await answer;
  return undefined;
}

/** Yoga's own way to hand over a result that is written already. */
export const writtenResult = ({ body }: Answer): ExecutionResult =>
  ({ stringify: () => Buffer.concat(body).toString() }) as ExecutionResult;
