import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '@opentelemetry/api';
import type { Assignments } from '../../assignments/assignments.ts';
import { GatewayError } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import type { Policy } from '../../upstream/call.ts';
import type { OperationObserver } from '../operations.ts';
import { type Collector, loadTracer, type TracerLibrary } from './tracer.ts';

/**
 * Traces: a span for each operation, below it one for each list or walk and for lookups that are answered together, below them one for each upstream
 * call. They hold codes, counts and times; no credential, no address and no argument.
 */
export interface Tracing {
  readonly observer: OperationObserver;
  /** The same, with spans around its answers. */
  follow(assignments: Assignments, operation: Operation): Assignments;
  /** Puts a span around a piece of an operation's work. */
  readonly around: <Value>(name: string, operation: Operation, work: () => Promise<Value>) => Promise<Value>;
  /** Puts a span around every upstream call. */
  readonly policy: Policy;
  /** Resolves when the library is loaded. What is asked before is not traced. Rejects with a `ConfigError` where it is not installed. */
  ready(): Promise<void>;
  /** Sends what is left. Never fails, and gives up after a few seconds. */
  close(): Promise<void>;
}

/** Names of operations are the client's, and could be of any length. */
const maxNameLength = 64;

export const createTracing = (collector: Collector): Tracing => {
  let library: TracerLibrary | undefined;
  const loading = loadTracer(collector).then((loaded) => {
    library = loaded;
  });
  // Whoever waits for it is told.
  loading.catch(() => {});
  const spans = new WeakMap<Operation, Span>();
  // What a call belongs to, however many turns of the event loop later it is sent.
  const current = new AsyncLocalStorage<Span>();

  const fail = (span: Span, error: unknown): void => {
    const code = error instanceof GatewayError ? error.code : 'INTERNAL';
    library?.markFailed(span, code);
  };

  const within = async <Value>(span: Span | undefined, work: () => Promise<Value>): Promise<Value> => {
    if (span === undefined) return work();
    try {
      return await current.run(span, work);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  };

  /** Lookups that wait at the same time share a span, as they share calls. */
  const followLookups = (assignments: Assignments, parent: Span): Assignments['find'] => {
    let group: { readonly span: Span; count: number; open: number } | undefined;
    return (key) => {
      const span = group?.span ?? library?.start('lookups', 'internal', parent);
      if (span === undefined) return assignments.find(key);
      const mine = (group ??= { span, count: 0, open: 0 });
      mine.count++;
      mine.open++;
      const settle = (): void => {
        mine.open--;
        if (mine.open > 0) return;
        span.setAttribute('rolescope.lookups', mine.count).end();
        if (group === mine) group = undefined;
      };
      const found = current.run(span, () => assignments.find(key));
      found.then(settle, (error: unknown) => {
        fail(span, error);
        settle();
      });
      return found;
    };
  };

  return {
    observer: {
      opened(operation, headers) {
        const span = library?.startOperation(headers);
        if (span !== undefined) spans.set(operation, span.setAttribute('rolescope.operation.id', operation.id));
      },
      done({ operation, name, codes }) {
        const span = operation && spans.get(operation);
        if (operation === undefined || span === undefined) return;
        if (name !== undefined) span.setAttribute('graphql.operation.name', name.slice(0, maxNameLength));
        const { calls, fromCache, retries, waitedMs } = operation.report;
        span.setAttributes({
          'rolescope.calls': calls,
          'rolescope.from_cache': fromCache,
          'rolescope.retries': retries,
          'rolescope.waited_ms': waitedMs,
        });
        if (codes.length > 0) library?.markFailed(span, codes.join(' '));
        span.end();
      },
    },
    follow(assignments, operation) {
      const parent = spans.get(operation);
      if (parent === undefined) return assignments;
      return {
        ...assignments,
        list: (question, args) => {
          const isWalk = question.role !== undefined || question.type !== undefined;
          const span = library?.start(isWalk ? 'walk' : 'list', 'internal', parent);
          return within(span, () => assignments.list(question, args));
        },
        find: followLookups(assignments, parent),
      };
    },
    around: (name, operation, work) => {
      const parent = spans.get(operation);
      return within(parent && library?.start(name, 'internal', parent), work);
    },
    policy: (next) => async (call) => {
      const { operation } = call;
      const parent = current.getStore() ?? (operation && spans.get(operation));
      const span = library?.start(call.endpoint.name, 'client', parent);
      if (span === undefined) return next(call);
      span.setAttribute('http.request.method', call.endpoint.method);
      return within(span, async () => {
        const answer = await next(call);
        span.setAttribute('http.response.status_code', answer.isPending ? 202 : 200);
        if (answer.requestId !== undefined) span.setAttribute('rolescope.upstream.request_id', answer.requestId);
        return answer;
      });
    },
    ready: () => loading,
    async close() {
      await loading.catch(() => {});
      await library?.shutdown();
    },
  };
};
