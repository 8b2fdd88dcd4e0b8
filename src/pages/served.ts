import type { UpstreamReport } from '../model/upstream-report.ts';

/** Notes that the operation used a page of this age. */
export const noteAge = (report: UpstreamReport, fetchedAtMs: number): void => {
  if (report.oldestPageAtMs === undefined || fetchedAtMs < report.oldestPageAtMs) report.oldestPageAtMs = fetchedAtMs;
};

/** Notes one answer that cost the operation no call. */
export const noteServed = (report: UpstreamReport, fetchedAtMs: number): void => {
  report.fromCache++;
  noteAge(report, fetchedAtMs);
};
