import { describe, expect, it } from 'vitest';
import { createClosedDomains } from '../../src/directory/closed-domains.ts';
import { GatewayError } from '../../src/model/errors.ts';
import { createUpstreamReport } from '../../src/model/upstream-report.ts';
import { createManualClock } from '../support/manual-clock.ts';

describe('why there is no answer', () => {
  const judged = (upstreamStatus: number, asked: 'uuids' | 'everything') => {
    const clock = createManualClock();
    const domains = createClosedDomains(clock);
    const [report, other] = [createUpstreamReport(), createUpstreamReport()];
    const error = new GatewayError('UPSTREAM_ERROR', 'no', { upstreamStatus });
    domains.judge('alice', 'users', { error, asked, report });
    clock.advance(1000);
    const why = domains.closedTo('alice', 'users', other);
    const fromNowMs = (untilMs: number) => (untilMs === Infinity ? null : untilMs - clock.nowMs());
    return { why, toldForMs: fromNowMs(report.freshUntilMs), toldOtherForMs: fromNowMs(other.freshUntilMs) };
  };

  it('is so until a closed domain is asked again', () => {
    expect(judged(501, 'uuids')).toEqual({ why: 'UNAVAILABLE', toldForMs: 59_000, toldOtherForMs: 59_000 });
    expect(judged(403, 'everything')).toEqual({ why: 'FORBIDDEN', toldForMs: 59_000, toldOtherForMs: 59_000 });
  });

  it('is so at that moment only where a call has failed', () => {
    expect(judged(503, 'uuids')).toEqual({ why: undefined, toldForMs: -1000, toldOtherForMs: null });
    expect(judged(404, 'everything')).toEqual({ why: undefined, toldForMs: -1000, toldOtherForMs: null });
  });

  it('says nothing of the time where one of many is unknown', () => {
    expect(judged(404, 'uuids')).toEqual({ why: undefined, toldForMs: null, toldOtherForMs: null });
  });
});
