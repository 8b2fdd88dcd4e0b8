import type * as Prometheus from 'prom-client';
import type { UpstreamState } from '../../upstream/client.ts';

/** Where the values come from that are looked up when somebody asks, and not counted. */
export interface MetricsSources {
  readonly upstream: () => UpstreamState;
  readonly pages: () => { readonly pages: number; readonly bytes: number };
  readonly runningOperations: () => number;
  readonly runningExports: () => number;
  /** Absent where no record is kept. */
  readonly record?: (() => RecordNumbers) | undefined;
  readonly subscribers: () => number;
}

/** How a record fares. */
interface RecordNumbers {
  readonly isReachable: boolean;
  readonly isWriter: boolean;
  readonly lastRecordedMs: number | null;
  readonly failures: number;
}

const breakerStates = ['closed', 'half-open', 'open'] as const;

/** What is looked up when somebody asks. */
export const defineGauges = (
  library: typeof Prometheus,
  registers: Prometheus.Registry[],
  { upstream, pages, runningOperations, runningExports, subscribers, record }: MetricsSources,
): void => {
  const define = (name: string, help: string, read: () => number): void => {
    void new library.Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  define('rolescope_operations_running', 'Operations that are running now.', runningOperations);
  define('rolescope_exports_running', 'Exports that are being sent now.', runningExports);
  define('rolescope_subscribers', 'Subscriptions that are open now.', subscribers);
  define('rolescope_limiter_waiting', 'Upstream calls that wait for the rate limit now.', () => upstream().waiting);
  define('rolescope_pending_ids', 'Pending answers that wait upstream to be picked up.', () => upstream().pendingIds);
  define('rolescope_cache_bytes', 'Memory that all that is kept takes, about.', () => pages().bytes);
  define('rolescope_cache_pages', 'Pages and single things that are kept.', () => pages().pages);
  if (record !== undefined) {
    define('rolescope_record_reachable', 'Whether the database of the record answered when it was last needed.', () =>
      Number(record().isReachable),
    );
    define('rolescope_record_writer', 'Whether this replica is the one that records.', () => Number(record().isWriter));
    define(
      'rolescope_record_failures',
      'Censuses that this replica wanted to record and could not.',
      () => record().failures,
    );
    define(
      'rolescope_record_last_census_seconds',
      'Time of the last census that this replica has recorded, as Unix time; 0 before the first.',
      () => (record().lastRecordedMs ?? 0) / 1000,
    );
  }
  void new library.Gauge({
    name: 'rolescope_breaker_state',
    help: 'One for the state that the circuit breaker of a domain is in, zero for the others.',
    labelNames: ['domain', 'state'],
    registers,
    collect() {
      for (const [domain, breaker] of Object.entries(upstream().breakers)) {
        for (const state of breakerStates) this.set({ domain, state }, state === breaker ? 1 : 0);
      }
    },
  });
};
