import type { RequestListener } from 'node:http';
import type * as Prometheus from 'prom-client';
import type { AttemptRecord, OnAttempt } from '../../upstream/policies/observe.ts';
import { defineGauges, type MetricsSources } from './gauges.ts';
import { createOperationLabels } from './operation-labels.ts';
import { processMetrics } from './process-metrics.ts';
import type { OperationObserver, OperationRecord } from '../operations.ts';

/** The gateway's own numbers, for Prometheus. They hold no credential, no address and no argument. */
export interface Metrics {
  readonly observer: OperationObserver;
  readonly onAttempt: OnAttempt;
  /** Counts an attempted change. */
  readonly onChange: (change: { readonly kind: string; readonly status: string }) => void;
  /** Counts a revocation that did more than was asked. */
  readonly onAccident: (isUndone: boolean) => void;
  /** Counts rows of an export as they are sent, and how it ended. */
  readonly onExport: {
    rows(count: number): void;
    ended(how: { readonly outcome: string; readonly code: string }): void;
  };
  /** Counts an event that is told to one subscriber. */
  readonly onEvent: () => void;
  /** Counts a subscription that has ended: `OK`, `CLIENT`, or the code of what ended it. */
  readonly onSubscriptionEnd: (how: string) => void;
  /** Answers `/metrics`. */
  readonly handle: RequestListener;
}

/**
 * Counts from the start, but loads the library only when it is first asked for its numbers, or has much to count: it takes a tenth of the time to the
 * first answer.
 */
export const createMetrics = (sources: MetricsSources): Metrics => {
  let loading: Promise<Meters> | undefined;
  let meters: Meters | undefined;
  let early: ((meters: Meters) => void)[] = [];

  const load = (): Promise<Meters> =>
    (loading ??= import('prom-client').then((library) => {
      meters = createMeters(library, sources);
      for (const note of early) note(meters);
      early = [];
      return meters;
    }));

  const note = (what: (meters: Meters) => void): void => {
    if (meters !== undefined) {
      what(meters);
      return;
    }
    early.push(what);
    if (early.length >= maxEarly) load().catch(() => {});
  };

  return {
    // Only the facts are kept until the library is there: an operation holds on to every page that it has read.
    observer: {
      done({ operation, name, isTrusted, codes, durationMs }) {
        const run = operation && {
          durationMs,
          waitedMs: operation.report.waitedMs,
          fromCache: operation.report.fromCache,
        };
        note((known) => known.operation({ name, isTrusted, codes, run }));
      },
    },
    onAttempt: ({ endpoint, outcome, durationMs }) => note((known) => known.attempt(endpoint, outcome, durationMs)),
    onChange: ({ kind, status }) => note((known) => known.change(kind, status)),
    onAccident: (isUndone) => note((known) => known.accident(isUndone)),
    onExport: {
      rows: (count) => note((known) => known.exportRows(count)),
      ended: (how) => note((known) => known.exportEnded(how)),
    },
    onEvent: () => note((known) => known.event()),
    onSubscriptionEnd: (how) => note((known) => known.subscriptionEnd(how)),
    handle: (_request, response) => {
      void load()
        .then(async ({ registries }) => {
          const texts = await Promise.all(registries.map((registry) => registry.metrics()));
          response.writeHead(200, { 'content-type': registries[0]?.contentType ?? 'text/plain' }).end(texts.join('\n'));
        })
        .catch(() =>
          response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('The numbers cannot be had.\n'),
        );
    },
  };
};

/** How many records wait for the library before it is loaded for their sake. */
const maxEarly = 1000;

interface Meters {
  readonly registries: readonly Prometheus.Registry[];
  operation(ended: EndedOperation): void;
  change(kind: string, status: string): void;
  accident(isUndone: boolean): void;
  event(): void;
  subscriptionEnd(how: string): void;
  attempt(endpoint: string, outcome: AttemptRecord['outcome'], durationMs: number): void;
  exportRows(count: number): void;
  exportEnded(how: { readonly outcome: string; readonly code: string }): void;
}

interface EndedOperation extends Pick<OperationRecord, 'isTrusted' | 'codes'> {
  readonly name: string | undefined;
  /** Absent where the request never became an operation. */
  readonly run: OperationRun | undefined;
}

interface OperationRun {
  readonly durationMs: number;
  readonly waitedMs: number;
  readonly fromCache: number;
}

const createMeters = (library: typeof Prometheus, sources: MetricsSources): Meters => {
  // Of its own: two gateways in one process must not count together.
  const registry = new library.Registry();
  const registers = [registry];
  const operations = new library.Counter({
    name: 'rolescope_operations_total',
    help: 'Operations answered, by name and by the codes of their errors; OK where there were none. Names are told of operations of the manifest and of those seen often.',
    labelNames: ['operation', 'code'] as const,
    registers,
  });
  const operationSeconds = new library.Histogram({
    name: 'rolescope_operation_duration_seconds',
    help: 'Time from the request to the result.',
    buckets: [0.002, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
    registers,
  });
  const limiterSeconds = new library.Histogram({
    name: 'rolescope_limiter_wait_seconds',
    help: 'Time that the calls of one operation waited for the rate limit, added up.',
    buckets: [0.01, 0.1, 0.5, 1, 5, 30, 120],
    registers,
  });
  const served = new library.Counter({
    name: 'rolescope_cache_hits_total',
    help: 'Pages answered from what was kept, or by joining a call in flight.',
    registers,
  });
  const calls = new library.Counter({
    name: 'rolescope_upstream_calls_total',
    help: 'Upstream calls, each attempt counted, by what came of it.',
    labelNames: ['endpoint', 'outcome'] as const,
    registers,
  });
  const callSeconds = new library.Histogram({
    name: 'rolescope_upstream_call_duration_seconds',
    help: 'Time that upstream took for one attempt.',
    labelNames: ['endpoint'] as const,
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60],
    registers,
  });
  const changes = new library.Counter({
    name: 'rolescope_changes_total',
    help: 'Changes that were attempted, by what they were and what became of them.',
    labelNames: ['kind', 'status'] as const,
    registers,
  });
  const accidents = new library.Counter({
    name: 'rolescope_revocation_accidents_total',
    help: 'Revocations that upstream took for more than was asked, by whether the gateway could put them right.',
    labelNames: ['undone'] as const,
    registers,
  });
  const exports = new library.Counter({
    name: 'rolescope_exports_total',
    help: 'Exports that have ended: whole, refused before their first byte, broken off after it, or left by the client; and the code of the error, OK where there was none.',
    labelNames: ['outcome', 'code'] as const,
    registers,
  });
  const exportedRows = new library.Counter({
    name: 'rolescope_exported_rows_total',
    help: 'Rows of csv and lines of ndjson that exports have sent, those that did not come to their end included.',
    registers,
  });
  const events = new library.Counter({
    name: 'rolescope_subscription_events_total',
    help: 'Events told to subscribers, each counted for each of them.',
    registers,
  });
  const subscriptionEnds = new library.Counter({
    name: 'rolescope_subscriptions_ended_total',
    help: 'Subscriptions that have ended, by why: CLIENT where the client went away, OK where there was nothing more to tell, or the code of the last error.',
    labelNames: ['reason'] as const,
    registers,
  });
  defineGauges(library, registers, sources);

  const codesOf = new Map<string, Set<string>>();
  const labelOf = createOperationLabels({
    onForgotten: (operation) => {
      for (const code of codesOf.get(operation) ?? []) operations.remove({ operation, code });
      codesOf.delete(operation);
    },
  });
  const count = (operation: string, code: string): void => {
    operations.inc({ operation, code });
    const codes = codesOf.get(operation);
    if (codes === undefined) codesOf.set(operation, new Set([code]));
    else codes.add(code);
  };

  return {
    registries: [registry, processMetrics(library)],
    operation({ name, isTrusted, codes, run }) {
      const label = labelOf(name, isTrusted);
      for (const code of codes.length === 0 ? ['OK'] : codes) count(label, code);
      if (run === undefined) return;
      operationSeconds.observe(run.durationMs / 1000);
      limiterSeconds.observe(run.waitedMs / 1000);
      if (run.fromCache > 0) served.inc(run.fromCache);
    },
    change: (kind, status) => changes.inc({ kind, status }),
    event: () => events.inc(),
    subscriptionEnd: (reason) => subscriptionEnds.inc({ reason }),
    accident: (isUndone) => accidents.inc({ undone: String(isUndone) }),
    exportRows: (count) => exportedRows.inc(count),
    exportEnded: ({ outcome, code }) => exports.inc({ outcome, code }),
    attempt(endpoint, outcome, durationMs) {
      calls.inc({ endpoint, outcome });
      callSeconds.observe({ endpoint }, durationMs / 1000);
    },
  };
};
