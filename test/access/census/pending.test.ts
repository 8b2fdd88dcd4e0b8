import '../../upstream/harness.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { type Answer, type RunningGateway, runGateway } from '../../support/running-gateway.ts';

const subjects = 12_000;

let clock: ManualClock;
let gateway: RunningGateway;
afterEach(() => gateway.close());

const open = async (settings: object = {}) => {
  clock = createManualClock();
  gateway = await runGateway({
    sandbox: { subjects, clock, rateLimit: 2 },
    settings: { rateLimit: 2, timeoutMs: 2000, ...settings },
    parts: { clock },
  });
};

interface Told {
  readonly census: { readonly asOf: string; readonly subjectCount: number } | null;
}

/** Turns the clock in small steps: what computes waits for no timer, so turning to the next one would let deadlines pass. */
const ask = async (headers: Record<string, string> = {}): Promise<Answer<Told>> => {
  const asked = gateway.ask<Told, object>(
    '{ census { asOf subjectCount } }',
    {},
    { authorization: `Bearer ${gateway.sandbox.adminToken}`, ...headers },
  );
  const state = { isSettled: false };
  const note = () => {
    state.isSettled = true;
  };
  asked.then(note, note);
  while (!state.isSettled) await clock.pass(20);
  return asked;
};

describe('a census that takes longer than an operation may', () => {
  it('says how far it is and when to ask again, and reads nothing twice', async () => {
    await open();
    const walked: number[] = [];
    let answer = await ask();
    for (; answer.errors !== undefined && walked.length < 10; answer = await ask()) {
      const [error] = answer.errors;
      expect(error).toMatchObject({ path: ['census'], extensions: { code: 'UPSTREAM_PENDING', total: subjects } });
      expect(error?.extensions['retryAfterMs']).toBeGreaterThanOrEqual(1000);
      walked.push(error?.extensions['walked'] as number);
    }
    expect(walked.length).toBeGreaterThan(1);
    expect(walked).toEqual(walked.toSorted((one, other) => one - other));
    expect(new Set(walked).size).toBe(walked.length);
    expect(answer.data?.census?.subjectCount).toBe(subjects);
    expect(gateway.upstreamQueries()).toHaveLength(12);
  });
});

describe('a census that somebody waits for', () => {
  it('tells whoever wants to wait for a second only how far it is, at no call, and goes on', async () => {
    await open({ timeoutMs: 60_000 });
    const waiting = gateway.ask<Told, object>('{ census { asOf subjectCount } }');
    const { errors } = await ask({ prefer: 'respond-async, wait=1' });
    expect(errors).toMatchObject([{ path: ['census'], extensions: { code: 'UPSTREAM_PENDING', total: subjects } }]);
    expect(errors?.[0]?.extensions['walked']).toBeGreaterThan(0);
    await ask();
    expect((await waiting).data?.census?.subjectCount).toBe(subjects);
    expect(gateway.upstreamQueries()).toHaveLength(12);
  });
});

describe('a census that is fresh', () => {
  it('is passed by with no-cache, and the new one answers from then on', async () => {
    await open({ timeoutMs: 60_000 });
    const first = await ask();
    expect(gateway.upstreamQueries()).toHaveLength(12);
    expect((await ask()).data).toEqual(first.data);
    expect(gateway.upstreamQueries()).toEqual([]);
    const passedBy = await ask({ 'cache-control': 'no-cache' });
    expect(gateway.upstreamQueries()).toHaveLength(12);
    expect(Date.parse(passedBy.data?.census?.asOf ?? '')).toBeGreaterThan(Date.parse(first.data?.census?.asOf ?? ''));
    expect((await ask()).data).toEqual(passedBy.data);
    expect(gateway.upstreamQueries()).toEqual([]);
  });
});
