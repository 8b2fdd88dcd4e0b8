import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../model/errors.ts';
import type { Caller } from '../model/operation.ts';
import type { Signal } from '../platform/abort.ts';
import { type Begun, createEventAnswers, howItEnded } from './event-answers.ts';
import type { Answer, GraphqlRequest } from './graphql-request.ts';
import { type OperationState, type Question, stateOf } from './operation-state.ts';
import { clientGone, type Subscriptions } from './subscriptions.ts';

/** Steps of the pipeline, which are the same for an answer and for a stream of them. */
interface SubscribeSteps {
  readonly identify: (headers: IncomingHttpHeaders) => Caller | undefined | Promise<Caller | undefined>;
  readonly subscriptions: Subscriptions;
  /** Document, and limits. */
  readonly read: (state: OperationState) => Question | Promise<Question>;
  /** Where the events come from. */
  readonly begin: (state: OperationState, question: Question, caller: Caller) => Promise<AsyncIterator<unknown>>;
  /** What one event is answered with. */
  readonly run: (state: OperationState, question: Question, caller: Caller, event: unknown) => Answer | Promise<Answer>;
  readonly refuse: (state: OperationState, error: unknown) => Answer;
}

/** A subscription from its request on: document → limits → caller → a place among the subscribers → source, and then for each event: caller → a turn → an answer. */
export const createSubscribe = ({ identify, subscriptions, read, begin, run, refuse }: SubscribeSteps) => {
  const answer: SubscribeSteps['run'] = async (state, question, caller, event) => {
    try {
      return await run(state, question, caller, event);
    } catch (error) {
      return refuse(state, error);
    }
  };
  return (sent: GraphqlRequest): AsyncIterableIterator<Answer> => {
    const { headers } = sent;
    let state = stateOf(sent);

    const open = async (): Promise<Begun> => {
      const question = await read(state);
      const caller = await identify(headers);
      if (caller === undefined) throw new GatewayError('UNAUTHENTICATED', strangersGetNoEvents);
      const subscription = subscriptions.admit(caller, () => identify(headers));
      // Also while it begins: a place must not be held for somebody who is gone.
      sent.onDisconnect?.(() => subscription.abort(clientGone));
      const request = ofStream(sent, subscription.signal);
      const { isTrusted, name } = state;
      const next = (): OperationState => ({ request, isTrusted, name, path: 'none' });
      state = { ...state, request };
      try {
        const source = await begin(state, question, caller);
        // The operation that began it has ended.
        state = next();
        return { subscription, source, answer: (event) => answer(next(), question, caller, event) };
      } catch (error) {
        subscription.close(howItEnded(error));
        throw error;
      }
    };

    return createEventAnswers({ begin: open, check: () => identify(headers), refuse: (error) => refuse(state, error) });
  };
};

/** A request whose operations end with the stream when the client goes away. Without a listener of their own on the connection, event for event. */
const ofStream = (request: GraphqlRequest, signal: Signal): GraphqlRequest => ({
  ...request,
  onDisconnect: (listener) => {
    const onAbort = (): void => {
      if (signal.reason === clientGone) listener();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return () => signal.removeEventListener('abort', onAbort);
  },
});

const strangersGetNoEvents = 'Events are told to nobody unknown. Send a credential with the request.';
