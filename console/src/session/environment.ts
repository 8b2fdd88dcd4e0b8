import { Environment, type FetchFunction, Network, Observable, RecordSource, Store } from 'relay-runtime';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { type Failure, GraphError } from './graph-error.ts';

export interface EnvironmentOptions {
  /** Absent: a proxy in front adds what is needed. */
  readonly credential: string | undefined;
  /** Called where the graph does not know the credential, or no longer. */
  readonly onUnauthenticated: () => void;
  /** Called with the errors of fields that stand beside data: the rest of the page goes on. */
  readonly onPartialFailure: (failures: readonly Failure[]) => void;
}

/** A Relay environment for one session. Signing out throws it away, and with it everything that was read. */
export const createEnvironment = (options: EnvironmentOptions): Environment =>
  new Environment({ network: Network.create(createFetch(options)), store: new Store(new RecordSource()) });

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Omit<Failure, 'message' | 'path'>;
  }[];
}

/**
 * Asks the graph. Whoever leaves the page ends the request: it need not cost more calls upstream. What is asked with `isWhole` takes no answer
 * in which something failed.
 */
const createFetch =
  ({ credential, onUnauthenticated, onPartialFailure }: EnvironmentOptions): FetchFunction =>
  ({ text, name }, variables, cacheConfig) =>
    Observable.create((sink) => {
      const controller = new AbortController();
      let hasLeft = false;
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (credential !== undefined) headers['authorization'] = `Bearer ${credential}`;
      if (cacheConfig.metadata?.['anew'] === true) headers['cache-control'] = 'no-cache';
      const waitSeconds = cacheConfig.metadata?.['waitSeconds'];
      if (typeof waitSeconds === 'number') headers['prefer'] = `wait=${waitSeconds}`;
      post({ query: text, operationName: name, variables }, headers, controller).then(
        ({ data, errors = [] }) => {
          const failures = errors.map(({ message, path, extensions }): Failure => ({
            ...extensions,
            code: extensions?.code ?? 'INTERNAL',
            message,
            ...(path !== undefined && { path }),
          }));
          if (failures.some(({ code }) => code === 'UNAUTHENTICATED')) onUnauthenticated();
          const isUseless = isEmpty(data) || cacheConfig.metadata?.['isWhole'] === true;
          if (failures[0] !== undefined && isUseless) return sink.error(new GraphError(failures[0]));
          if (failures.length > 0) onPartialFailure(failures);
          sink.next({ data } as never);
          sink.complete();
        },
        (error: Error) => {
          if (!hasLeft) sink.error(error);
        },
      );
      return () => {
        hasLeft = true;
        controller.abort();
      };
    });

/** No field of the root came: there is nothing to show. */
const isEmpty = (data: unknown): boolean =>
  data === null || data === undefined || Object.values(data).every((value) => value === null);

/** The gateway ends every question by itself. Where it has not a while after, it is lost: nobody is to wait for ever. */
const patienceMs = gatewayFacts.timeoutMs + 10_000;

const post = async (body: object, headers: Record<string, string>, controller: AbortController): Promise<Answer> => {
  const { signal } = controller;
  let isLost = false;
  const timer = setTimeout(() => {
    isLost = true;
    controller.abort();
  }, patienceMs);
  try {
    const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(body), signal });
    return (await response.json()) as Answer;
  } catch (error) {
    // No answer, or one that is not GraphQL: from a proxy in between, say.
    const message = isLost ? 'It has not answered in time.' : error instanceof Error ? error.message : '';
    throw new GraphError({ code: 'UNREACHABLE', message });
  } finally {
    clearTimeout(timer);
  }
};
