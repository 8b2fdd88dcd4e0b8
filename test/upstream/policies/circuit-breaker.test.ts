import { afterEach, describe, expect, it } from 'vitest';
import { login } from '../../../src/upstream/credentials/login.ts';
import { listUsers } from '../../../src/upstream/endpoints/users.ts';
import { createHarness, firstPage, refusalOf, steadyRandom, type Harness } from '../harness.ts';

let harness: Harness;
afterEach(() => harness.close());

const ask = () => harness.upstream.fetchPage(firstPage, harness.operation());
const fail = () => refusalOf(harness.clock.run(ask()));

const customer = () => {
  const { name: username, password } = harness.sandbox.users[1] ?? { name: '', password: '' };
  return { username, password };
};

/** Three operations of four attempts each: the tenth failure opens the breaker for this credential. */
const open = async (): Promise<void> => {
  for (let i = 0; i < 3; i++) await fail();
  harness.sandbox.clearTranscript();
};

/** The same for everybody: answers to two credentials fail. */
const openForAll = async (): Promise<void> => {
  await refusalOf(harness.fetch(harness.operation({ token: 'another' })));
  await open();
  expect(harness.upstream.state().breakers.identity).toBe('open');
};

describe('the circuit breaker', () => {
  it.each([
    { name: '503', fault: { status: 503 } },
    { name: 'reset', fault: { form: 'reset' } },
    { name: '504', fault: { status: 504 } },
  ] as const)('answers fast without a call once upstream is dead ($name)', async ({ fault }) => {
    harness = await createHarness({ faults: [fault] });
    await open();
    const atMs = harness.clock.nowMs();
    const refusal = await fail();
    expect(refusal.code).toBe('UPSTREAM_UNAVAILABLE');
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(5000);
    expect(harness.clock.nowMs()).toBe(atMs);
    expect(harness.seen()).toEqual([]);
  });

  it('lets one probe through when the time is up, and closes on its success', async () => {
    harness = await createHarness({ faults: [{ status: 503 }] });
    await openForAll();
    await harness.clock.pass(5000);
    expect(harness.upstream.state().breakers.identity).toBe('half-open');
    harness.sandbox.control.setFaults([{ delayMs: 2000, count: 1 }]);
    const probe = ask();
    const others = Promise.all([refusalOf(ask()), refusalOf(ask())]);
    expect((await others).map(({ code }) => code)).toEqual(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE']);
    expect((await harness.clock.run(probe)).items).toHaveLength(50);
    expect(harness.upstream.state().breakers.identity).toBe('closed');
    expect((await harness.clock.run(ask())).items).toHaveLength(50);
    expect(harness.seen()).toHaveLength(2);
  });

  it('stays open for twice as long when the probe fails', async () => {
    harness = await createHarness({ faults: [{ status: 503 }] });
    await openForAll();
    await harness.clock.pass(5000);
    await fail();
    expect(harness.seen()).toHaveLength(1);
    await harness.clock.pass(9000);
    expect(harness.upstream.state().breakers.identity).toBe('open');
    await harness.clock.pass(1001);
    expect(harness.upstream.state().breakers.identity).toBe('half-open');
  });

  it('gives the next call the probe when the one who had it leaves', async () => {
    harness = await createHarness({ faults: [{ status: 503 }] });
    await open();
    await harness.clock.pass(5000);
    harness.sandbox.control.setFaults([{ form: 'hang', count: 1 }]);
    const leaving = harness.operation();
    const left = refusalOf(harness.upstream.fetchPage(firstPage, leaving));
    await harness.clock.quiet();
    leaving.abort();
    await left;
    expect((await harness.clock.run(ask())).items).toHaveLength(50);
  });

  it.each([400, 401, 403, 404, 429, 405])('takes any number of %s for signs of life', async (status) => {
    harness = await createHarness({ faults: [{ status }] });
    for (let i = 0; i < 12; i++) await fail();
    expect(harness.upstream.state().breakers.identity).toBe('closed');
  });

  it('does not let everyone pay for one credential that is refused with 503', async () => {
    harness = await createHarness({ faults: [{ status: 503, user: 'administrator@sandbox.example' }] });
    const tokens = await login({
      ...customer(),
      tokenUrl: harness.sandbox.tokenUrl,
      clock: harness.clock,
      random: steadyRandom(),
    });
    await open();
    const other = harness.operation({ token: tokens.accessToken });
    await fail();
    expect(harness.seen()).toEqual([]);
    expect((await harness.fetch(other)).items.length).toBeGreaterThan(0);
    expect(harness.upstream.state().breakers.identity).toBe('closed');
  });

  it('answers everyone fast where answers to several fail', async () => {
    harness = await createHarness({ faults: [{ status: 503 }] });
    for (let i = 0; i < 3; i++) await refusalOf(harness.fetch(harness.operation({ token: `token ${i}` })));
    harness.sandbox.clearTranscript();
    await refusalOf(harness.fetch(harness.operation({ token: 'another' })));
    expect(harness.seen()).toEqual([]);
    expect(harness.upstream.state().breakers.identity).toBe('open');
  });

  it('answers everyone fast where no connection can be made', async () => {
    harness = await createHarness();
    await harness.sandbox.close();
    for (let i = 0; i < 3; i++) await fail();
    expect(harness.upstream.state().breakers.identity).toBe('open');
    const refusal = await refusalOf(harness.fetch(harness.operation({ token: 'another' })));
    expect(refusal).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', message: expect.stringContaining('left alone') });
  });

  it.each([{ form: 'hang' }, { form: 'reset' }] as const)(
    'lets one credential alone pay where its calls end without an answer ($form)',
    async ({ form }) => {
      harness = await createHarness({ faults: [{ form, user: 'administrator@sandbox.example' }] });
      const tokens = await login({
        ...customer(),
        tokenUrl: harness.sandbox.tokenUrl,
        clock: harness.clock,
        random: steadyRandom(),
      });
      for (let i = 0; i < 10; i++) await fail();
      harness.sandbox.clearTranscript();
      await fail();
      expect(harness.seen()).toEqual([]);
      expect(harness.upstream.state().breakers.identity).toBe('closed');
      expect(await harness.upstream.probe()).toBe(true);
      expect((await harness.fetch(harness.operation({ token: tokens.accessToken }))).items.length).toBeGreaterThan(0);
    },
  );

  it('is one for each domain', async () => {
    harness = await createHarness({ faults: [{ status: 503, domain: 'users' }] });
    const askUsers = (token?: string) =>
      refusalOf(
        harness.clock.run(
          harness.upstream.call(listUsers, { question: {}, pageSize: 1 }, harness.operation(token ? { token } : {})),
        ),
      );
    for (let i = 0; i < 2; i++) await askUsers();
    await askUsers('another');
    expect(harness.upstream.state().breakers).toMatchObject({ users: 'open', identity: 'closed', devices: 'closed' });
    expect((await harness.clock.run(ask())).items).toHaveLength(50);
  });

  it('counts only failures in a row', async () => {
    harness = await createHarness();
    for (let i = 0; i < 4; i++) {
      harness.sandbox.control.setFaults([{ status: 503, count: 7 }]);
      await fail();
      expect((await harness.clock.run(ask())).items).toHaveLength(50);
    }
    expect(harness.upstream.state().breakers.identity).toBe('closed');
  });

  it('does not count those who had no time to wait', async () => {
    harness = await createHarness({ faults: [{ form: 'hang' }] });
    for (let i = 0; i < 12; i++) await refusalOf(harness.fetch(harness.operation({ timeoutMs: 500 })));
    expect(harness.upstream.state().breakers.identity).toBe('closed');
  });
});
