import type { UpstreamReport } from '../model/upstream-report.ts';

/** Something that was read: when upstream gave the oldest of it, and how long it may answer after that. */
interface Dated {
  readonly atMs: number;
  readonly ttlMs: number;
}

/** Notes that the operation used something of this age. */
export const recordAge = (report: UpstreamReport, { atMs, ttlMs }: Dated): void => {
  if (report.oldestPageAtMs === undefined || atMs < report.oldestPageAtMs) report.oldestPageAtMs = atMs;
  if (atMs + ttlMs < report.freshUntilMs) report.freshUntilMs = atMs + ttlMs;
};

/** Notes that what the operation was told may be otherwise from then on, although it is of no age: that something could not be asked, say. */
export const recordUntil = (report: UpstreamReport, untilMs: number): void => {
  if (untilMs < report.freshUntilMs) report.freshUntilMs = untilMs;
};

/** Notes one answer that cost the operation no call. */
export const recordHit = (report: UpstreamReport, dated: Dated): void => {
  report.fromCache++;
  recordAge(report, dated);
};
