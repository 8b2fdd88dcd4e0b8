import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamReport } from '../model/upstream-report.ts';
import type { Clock } from '../platform/clock.ts';

/** Header by which a client asks to be told what its operation cost upstream. Any value but `false`. */
const reportHeader = 'rolescope-report';

export const asksForReport = (headers: IncomingHttpHeaders): boolean => {
  const value = headers[reportHeader];
  return value !== undefined && value !== 'false';
};

/** Whoever says anything about keeping, or wants to know what the answer cost, is answered anew. */
export const saysNothingAboutKeeping = (headers: IncomingHttpHeaders): boolean =>
  headers['cache-control'] === undefined && headers[reportHeader] === undefined;

/** The report as it stands in `extensions.upstream`. */
export const reportJson = (report: UpstreamReport, clock: Clock): object => ({
  calls: report.calls,
  byDomain: report.byDomain,
  fromCache: report.fromCache,
  retries: report.retries,
  waitedMs: Math.round(report.waitedMs),
  oldestPageAgeMs: report.oldestPageAtMs === undefined ? null : Math.max(0, clock.nowMs() - report.oldestPageAtMs),
});
