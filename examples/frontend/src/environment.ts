import { Environment, type FetchFunction, Network, Observable, RecordSource, Store } from 'relay-runtime';
import { explanations, type FailureCode, GraphError } from './graph-error.ts';

/** A Relay environment for one session. A new token gets a new one, so that nothing of the last caller stays behind. */
export const createEnvironment = (token: string): Environment =>
  new Environment({ network: Network.create(createFetch(token)), store: new Store(new RecordSource()) });

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number; readonly requestId?: string };
  }[];
}

/** Asks the graph. Whoever stops listening, by leaving the view, ends the request: it need not cost more calls upstream. */
const createFetch =
  (token: string): FetchFunction =>
  ({ text, name }, variables) =>
    Observable.create((sink) => {
      const controller = new AbortController();
      ask(token, { query: text, operationName: name, variables }, controller.signal).then(
        (data) => {
          sink.next({ data } as never);
          sink.complete();
        },
        (error: Error) => {
          if (!controller.signal.aborted) sink.error(error);
        },
      );
      return () => controller.abort();
    });

const ask = async (token: string, body: object, signal: AbortSignal): Promise<unknown> => {
  const { data, errors } = await post(token, body, signal);
  const [error] = errors ?? [];
  // Each view asks for one thing, so an error means that the thing is missing. A view of several would keep what is there.
  if (error !== undefined) throw new GraphError(codeOf(error.extensions?.code), error.message, error.extensions);
  return data;
};

const post = async (token: string, body: object, signal: AbortSignal): Promise<Answer> => {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal,
    });
    return (await response.json()) as Answer;
  } catch (error) {
    // No answer, or one that is not GraphQL: from a proxy in between, say.
    throw new GraphError('UNREACHABLE', error instanceof Error ? error.message : '');
  }
};

const codeOf = (code: string | undefined): FailureCode =>
  code !== undefined && Object.hasOwn(explanations, code) ? (code as FailureCode) : 'INTERNAL';
