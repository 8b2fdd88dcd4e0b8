import type { GraphQLFormattedError } from 'graphql';
import type { Pipeline } from './pipeline.ts';

/** One operation, asked in the process. */
export interface InProcessRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  /** Which operation of `query` is meant. Needed where it holds several. */
  readonly operationName?: string | null | undefined;
  /** As they would be sent, such as `{ authorization: 'Bearer …' }`: who asks, and what is wanted beside the answer. Default: none. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Ends the operation early when it aborts. The answer then says so. */
  readonly signal?: AbortSignal;
}

/** What `POST /graphql` has in its body. */
export interface InProcessAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Answers an operation as `POST /graphql` would. Never rejects: whatever goes wrong is in `errors`. */
export type ExecuteInProcess = <Data = Record<string, unknown>>(
  request: InProcessRequest,
) => Promise<InProcessAnswer<Data>>;

/** The same pipeline, limits, log lines and numbers as over a socket, without one. */
export const createInProcess =
  (pipeline: Pipeline): ExecuteInProcess =>
  async <Data>({ query, variables, operationName, headers = {}, signal }: InProcessRequest) => {
    const { body } = await pipeline.execute({
      parameters: { query, variables, operationName },
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      requestId: '',
      isReadOnly: false,
      way: 'process',
      ...(signal !== undefined && { onDisconnect: (listener) => onAbort(signal, listener) }),
    });
    return JSON.parse(Buffer.concat(body).toString()) as InProcessAnswer<Data>;
  };

const onAbort = (signal: AbortSignal, listener: () => void): (() => void) => {
  if (signal.aborted) listener();
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
};
