import '../../upstream/harness.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { type RunningGateway, runGateway } from '../../support/running-gateway.ts';

const everyMs = 600_000;
const key = { authorization: 'Bearer secret' };

let clock: ManualClock;
let gateway: RunningGateway;
let startMs: number;

/** A gateway with a credential of its own over 12,000 subjects. */
const open = async (settings = {}) => {
  clock = createManualClock();
  startMs = clock.nowMs();
  gateway = await runGateway({
    isSandboxMode: false,
    sandbox: { subjects: 12_000, clock, rateLimit: 10 },
    settings: {
      auth: 'service',
      username: 'administrator@sandbox.example',
      password: 'sandbox-administrator',
      apiKeys: ['somebody:secret'],
      rateLimit: 10,
      censusEveryMs: everyMs,
      ...settings,
    },
    parts: { clock },
  });
};

interface Told {
  readonly census: { readonly asOf: string; readonly subjectCount: number } | null;
}

/** Turns the clock in small steps until the work has ended: what computes meanwhile waits for no timer, so turning to the next one would let deadlines pass. */
const until = async <Value>(work: Promise<Value>): Promise<Value> => {
  const state = { isSettled: false };
  const note = () => {
    state.isSettled = true;
  };
  work.then(note, note);
  while (!state.isSettled) await clock.pass(10);
  return work;
};

const ask = (headers: Record<string, string> = {}, fields = 'asOf subjectCount') =>
  until(gateway.ask<Told, object>(`{ census { ${fields} } }`, {}, { ...key, ...headers }));

const isWalk = ({ path, query }: { readonly path: string; readonly query: object }): boolean =>
  path === '/v2/role-assignments' && Object.keys(query).every((key) => key === 'pageSize' || key === 'pageToken');

/** When upstream saw a call for a page of the list, since the last look. */
const walkCalls = (): number[] => {
  const times = gateway.sandbox
    .transcript()
    .filter(isWalk)
    .map(({ atMs }) => atMs);
  gateway.sandbox.clearTranscript();
  return times;
};

const busiestSecond = (times: readonly number[]): number =>
  Math.max(0, ...times.map((fromMs) => times.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1000).length));

describe('a census that is renewed in the background', () => {
  beforeEach(() => open());
  afterEach(() => gateway.close());

  it('is read with at most half of the rate limit before anybody asks, and answers at once however old it is', async () => {
    await clock.pass(10_000);
    const calls = walkCalls();
    expect(calls).toHaveLength(12);
    expect(busiestSecond(calls)).toBe(5);
    await clock.pass(300_000);
    const { data, errors } = await ask();
    expect(errors).toBeUndefined();
    expect(data?.census?.subjectCount).toBe(12_000);
    expect(Date.parse(data?.census?.asOf ?? '') - startMs).toBeLessThan(1000);
    expect(walkCalls()).toEqual([]);
  });

  it('is read again at its pace, and the last one answers until the next is there', async () => {
    await clock.pass(everyMs + 1000);
    expect(walkCalls().length).toBeGreaterThan(12);
    const during = await ask({}, 'asOf roles { totalCount }');
    expect(Date.parse(during.data?.census?.asOf ?? '') - startMs).toBeLessThan(1000);
    await clock.pass(5000);
    walkCalls();
    // No page that it was made of is fresh by then.
    await clock.pass(300_000);
    const { data } = await ask();
    expect(walkCalls()).toEqual([]);
    const asOfMs = Date.parse(data?.census?.asOf ?? '') - startMs;
    expect(asOfMs).toBeGreaterThanOrEqual(everyMs);
    expect(asOfMs).toBeLessThan(everyMs + 1000);
  });

  it('is passed by where an answer has to be new', async () => {
    await clock.pass(60_000);
    walkCalls();
    const askedAtMs = clock.nowMs();
    const { data } = await ask({ 'cache-control': 'no-cache' });
    expect(Date.parse(data?.census?.asOf ?? '')).toBeGreaterThanOrEqual(askedAtMs);
    expect(walkCalls()).toHaveLength(12);
  });

  it('takes no slot that somebody else waits for', async () => {
    await clock.pass(300);
    const before = walkCalls();
    expect(before.length).toBeGreaterThan(0);
    const references = Array.from({ length: 40 }, (_, index) => `nobody-${index}`);
    const fromMs = clock.nowMs();
    await until(
      Promise.all(
        references.map((reference) => gateway.ask(`{ subject(reference: "${reference}") { reference } }`, {}, key)),
      ),
    );
    const lookups = gateway.sandbox.transcript().filter((call) => !isWalk(call));
    expect(lookups).toHaveLength(40);
    const lastMs = Math.max(...lookups.map(({ atMs }) => atMs));
    const firstMs = Math.min(...lookups.map(({ atMs }) => atMs));
    const between = walkCalls().filter((atMs) => atMs > firstMs && atMs < lastMs);
    expect(between).toEqual([]);
    expect(lastMs - fromMs).toBeLessThan(5000);
    await clock.pass(10_000);
    expect(before.length + walkCalls().length).toBe(12);
  });

  it('hurries for somebody who waits for it', async () => {
    await clock.pass(300);
    const fromMs = clock.nowMs();
    expect((await ask()).data?.census?.subjectCount).toBe(12_000);
    expect(walkCalls()).toHaveLength(12);
    expect(clock.nowMs() - fromMs).toBeLessThan(1500);
  });
});

describe('a census that is not renewed', () => {
  it('is read to its end once begun, although nobody waits any more', async () => {
    await open({ censusEveryMs: 0, rateLimit: 4 });
    const { errors } = await ask({ prefer: 'respond-async, wait=1' });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_PENDING', total: 12_000 } }]);
    const begun = walkCalls().length;
    expect(begun).toBeLessThan(12);
    await clock.pass(10_000);
    expect(begun + walkCalls().length).toBe(12);
    expect((await ask()).data?.census?.subjectCount).toBe(12_000);
    expect(walkCalls()).toEqual([]);
    await gateway.close();
  });

  it('is read for nobody', async () => {
    await open({ censusEveryMs: 0 });
    await clock.pass(60_000);
    expect(walkCalls()).toEqual([]);
    await gateway.close();
  });
});
