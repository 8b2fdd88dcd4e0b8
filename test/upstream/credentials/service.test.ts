import { afterEach, describe, expect, it } from 'vitest';
import { createHarness, firstPage, keepingLogger, refusalOf, type Harness } from '../harness.ts';

const login = 'POST token password 200';
const refresh = 'POST token refresh_token 200';
const page = 'GET role-assignments 200';
const hourMs = 3_600_000;

let harness: Harness;
afterEach(() => harness.close());

const ask = () => harness.upstream.fetchPage(firstPage, harness.operation());
const askMany = (times: number) => Promise.all(Array.from({ length: times }, ask));

describe('the credentials of the gateway itself', () => {
  it('logs in once, however many wait', async () => {
    harness = await createHarness({}, { service: true });
    const pages = await harness.clock.run(askMany(10));
    expect(pages).toHaveLength(10);
    expect(harness.seen()).toEqual([login, ...Array<string>(10).fill(page)]);
  });

  it('does not log in before somebody asks', async () => {
    harness = await createHarness({}, { service: true });
    await harness.clock.pass(hourMs);
    expect(harness.seen()).toEqual([]);
  });

  it('refreshes before the token expires, while it still serves calls with it', async () => {
    harness = await createHarness({}, { service: true });
    await harness.clock.run(ask());
    await harness.clock.pass(hourMs - 59_000);
    // The refresh hangs, and nobody waits for it.
    harness.sandbox.control.setFaults([{ path: '/oauth/token', delayMs: 20_000, count: 1 }]);
    const atMs = harness.clock.nowMs();
    await harness.clock.run(ask());
    expect(harness.clock.nowMs()).toBe(atMs);
    await harness.clock.pass(21_000);
    expect(harness.seen().toSorted()).toEqual([page, page, login, refresh].toSorted());
    await harness.clock.pass(40_000);
    await harness.clock.run(ask());
    expect(harness.seen().filter((line) => line.startsWith('POST'))).toEqual([login, refresh]);
  });

  it('uses each refresh token once and keeps the one that came with it', async () => {
    harness = await createHarness({}, { service: true });
    for (let hours = 0; hours < 5; hours++) {
      await harness.clock.run(ask());
      await harness.clock.pass(hourMs);
    }
    expect(harness.seen()).toEqual([login, page, ...Array.from({ length: 4 }, () => [refresh, page]).flat()]);
  });

  it('renews a token of a short life in time', async () => {
    harness = await createHarness({ tokenLifetimeMs: 10_000 }, { service: true });
    for (let step = 0; step < 20; step++) {
      await harness.clock.run(ask());
      await harness.clock.pass(1700);
    }
    expect(harness.seen().filter((line) => line.includes('401'))).toEqual([]);
  });

  it('falls back to the password once where the refresh is refused', async () => {
    harness = await createHarness({ refreshTokenLifetimeMs: 1000 }, { service: true });
    await harness.clock.run(ask());
    await harness.clock.pass(hourMs);
    await harness.clock.run(ask());
    expect(harness.seen()).toEqual([login, page, 'POST token refresh_token 400', login, page]);
  });

  it('sends a call again once, with a new token, when all tokens were revoked', async () => {
    harness = await createHarness({}, { service: true });
    await harness.clock.run(ask());
    harness.sandbox.control.revokeTokens();
    harness.sandbox.clearTranscript();
    await harness.clock.run(askMany(4));
    const seen = harness.seen();
    expect(seen.filter((line) => line.startsWith('POST'))).toEqual(['POST token refresh_token 400', login]);
    expect(seen.filter((line) => line === page)).toHaveLength(4);
    expect(seen.filter((line) => line === 'GET role-assignments 401')).toHaveLength(4);
  });

  it('does not log in again and again when new tokens are refused too', async () => {
    harness = await createHarness({ faults: [{ path: '/v2/role-assignments', status: 401 }] }, { service: true });
    for (let i = 0; i < 5; i++) {
      const refusal = await refusalOf(harness.clock.run(ask()));
      expect(refusal.code).toBe('UNAUTHENTICATED');
      expect(refusal.message).toContain('rolescope doctor');
    }
    expect(harness.seen().filter((line) => line.startsWith('POST'))).toEqual([login, refresh]);
    // After a while it is worth another look.
    await harness.clock.pass(60_000);
    harness.sandbox.control.setFaults([]);
    harness.sandbox.control.revokeTokens();
    expect((await harness.clock.run(ask())).items).toHaveLength(50);
  });

  it('trusts a replacement as soon as a call with it has succeeded', async () => {
    harness = await createHarness({}, { service: true });
    for (let i = 0; i < 4; i++) {
      await harness.clock.run(ask());
      harness.sandbox.control.revokeTokens();
    }
    expect((await harness.clock.run(ask())).items).toHaveLength(50);
  });

  it('never logs in because of a 403', async () => {
    harness = await createHarness(
      {},
      { service: { username: 'no-integrations@sandbox.example', password: 'sandbox-no-integrations' } },
    );
    const refusals = await harness.clock.run(Promise.all([1, 2, 3].map(() => refusalOf(ask()))));
    expect(refusals.map(({ code }) => code)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(refusals[0]?.message).toMatch(/Integrations.*permission set/);
    expect(harness.seen().filter((line) => line.startsWith('POST'))).toEqual([login]);
  });

  it('says so when the password is refused, and does not try it again at once', async () => {
    harness = await createHarness({}, { service: { username: 'administrator@sandbox.example', password: 'wrong' } });
    const refusals = await harness.clock.run(Promise.all([1, 2, 3].map(() => refusalOf(ask()))));
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'UNAUTHENTICATED', upstreamStatus: 401 });
    await refusalOf(harness.clock.run(ask()));
    expect(harness.seen()).toEqual(['POST token password 401']);
    await harness.clock.pass(30_000);
    await refusalOf(harness.clock.run(ask()));
    expect(harness.seen()).toEqual(['POST token password 401', 'POST token password 401']);
  });

  it('goes on with a login that the one who caused it does not wait for', async () => {
    harness = await createHarness({ faults: [{ path: '/oauth/token', delayMs: 5000, count: 1 }] }, { service: true });
    const leaving = harness.operation();
    const left = refusalOf(harness.upstream.fetchPage(firstPage, leaving));
    const staying = ask();
    await harness.clock.pass(1000);
    leaving.abort();
    await left;
    expect((await harness.clock.run(staying)).items).toHaveLength(50);
    expect(harness.seen()).toEqual([login, page]);
  });

  it('waits for a token endpoint that answers 202', async () => {
    harness = await createHarness({ faults: [{ path: '/oauth/token', takesMs: 40_000, count: 1 }] }, { service: true });
    expect((await harness.clock.run(ask())).items).toHaveLength(50);
    const seen = harness.seen();
    expect(seen[0]).toBe('POST token password 202');
    expect(seen.at(-2)).toBe('POST token password 200 +id');
    expect(seen.at(-1)).toBe(page);
  });

  it.each([
    { retryAfter: undefined, offsets: [0, 1000, 2000] },
    { retryAfter: '4', offsets: [0, 4000, 8000] },
  ])('waits after a 429 of the token endpoint, Retry-After $retryAfter', async ({ retryAfter, offsets }) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    harness = await createHarness(
      { faults: [{ path: '/oauth/token', status: 429, headers, count: 2 }] },
      { service: true },
    );
    const startedAtMs = harness.clock.nowMs();
    await harness.clock.run(askMany(3));
    const logins = harness.sandbox.transcript().filter(({ path }) => path === '/oauth/token');
    expect(logins.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(logins.map(({ atMs }) => atMs - startedAtMs)).toEqual(offsets);
  });

  it.each([
    { fault: { status: 503 }, code: 'UPSTREAM_UNAVAILABLE', attempts: 4 },
    { fault: { status: 429 }, code: 'RATE_LIMITED', attempts: 4 },
    { fault: { form: 'reset' }, code: 'UPSTREAM_UNAVAILABLE', attempts: 4 },
    { fault: { status: 500 }, code: 'UPSTREAM_ERROR', attempts: 2 },
    { fault: { form: 'html' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: 2 },
    { fault: { body: '{"access_token":"","expires_in":3600}' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: 2 },
    { fault: { body: '{"access_token":"a b","expires_in":3600}' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: 2 },
    { fault: { body: '{"access_token":"a","expires_in":-1}' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: 2 },
    { fault: { body: '{"access_token":"a"}' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: 2 },
    {
      fault: { body: '{"access_token":"a","expires_in":9,"token_type":"mac"}' },
      code: 'UPSTREAM_INVALID_RESPONSE',
      attempts: 2,
    },
    { fault: { body: '[]' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: 2 },
    { fault: { status: 415 }, code: 'UPSTREAM_ERROR', attempts: 1 },
  ] as const)('gives $code when the token endpoint answers $fault', async ({ fault, code, attempts }) => {
    harness = await createHarness({ faults: [{ path: '/oauth/token', ...fault }] }, { service: true });
    const refusals = await harness.clock.run(Promise.all([refusalOf(ask()), refusalOf(ask())]));
    expect(refusals.map((refusal) => refusal.code)).toEqual([code, code]);
    // The call that waited does not begin the login's retries again.
    expect(harness.seen()).toHaveLength(attempts);
  });

  it('ends a login under way when it is closed', async () => {
    harness = await createHarness({ faults: [{ path: '/oauth/token', form: 'hang' }] }, { service: true });
    const refusal = refusalOf(ask());
    await harness.clock.quiet();
    await harness.upstream.close();
    expect((await refusal).code).toBe('UPSTREAM_UNAVAILABLE');
    await harness.clock.pass(300_000);
    expect(harness.seen()).toEqual(['POST token none']);
  });

  it('logs what it does without a token, a password or an address', async () => {
    const { logger, lines } = keepingLogger();
    harness = await createHarness({ refreshTokenLifetimeMs: 1000 }, { service: true, logger });
    await harness.clock.run(ask());
    await harness.clock.pass(hourMs);
    harness.sandbox.control.setFaults([{ path: '/v2/role-assignments', status: 401, count: 1 }]);
    await harness.clock.run(ask());
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join('\n')).not.toMatch(/ey[A-Za-z0-9_-]{10}|sandbox-administrator|127\.0\.0\.1|Bearer/);
  });
});
