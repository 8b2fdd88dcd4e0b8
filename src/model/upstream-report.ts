import type { Domain } from './contract.ts';

/** What an operation cost upstream. Layers add to it as they work; clients see it in `extensions.upstream`. */
export interface UpstreamReport {
  /** Calls sent, every attempt counted. */
  calls: number;
  /** The same by where they went; domains that were not called are absent. */
  readonly byDomain: Partial<Record<Domain, number>>;
  /** Requests answered from what is kept, or by joining a call in flight. */
  fromCache: number;
  /** Attempts after a first one that failed. */
  retries: number;
  /** Time spent waiting for a slot of the rate limit, added up over calls, in milliseconds. */
  waitedMs: number;
  /** When the oldest of all that was used was given by upstream, in milliseconds of the gateway's clock. */
  oldestPageAtMs: number | undefined;
  /** Until when all that was used is fresh, each by its own lifetime; `Infinity` while nothing was. */
  freshUntilMs: number;
}

export const createUpstreamReport = (): UpstreamReport => ({
  calls: 0,
  byDomain: {},
  fromCache: 0,
  retries: 0,
  waitedMs: 0,
  oldestPageAtMs: undefined,
  freshUntilMs: Infinity,
});

/** Counts one attempt. */
export const countCall = (report: UpstreamReport, domain: Domain): void => {
  report.calls++;
  report.byDomain[domain] = (report.byDomain[domain] ?? 0) + 1;
};
