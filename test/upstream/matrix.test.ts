import { afterEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/model/errors.ts';
import type { FaultRule } from '../../src/sandbox/core/faults.ts';
import { createHarness, firstPage, refusalOf, type Harness } from './harness.ts';

interface Row {
  readonly name: string;
  readonly fault: FaultRule;
  readonly code: ErrorCode;
  /** What upstream sees of one question while the fault lasts: the status of each call, or `none`. */
  readonly attempts: readonly (number | 'none')[];
  /** True: another token may help, so service mode gets one and sends the call again. */
  readonly isTokenFault?: boolean;
  readonly upstreamStatus?: number;
}

const list = '/v2/role-assignments';
const status = (code: number, times: number): number[] => Array.from({ length: times }, () => code);
const silence = (times: number): 'none'[] => Array.from({ length: times }, () => 'none');

const rows: readonly Row[] = [
  { name: '400', fault: { status: 400 }, code: 'BAD_USER_INPUT', attempts: [400], upstreamStatus: 400 },
  {
    name: '400 about a page token',
    fault: { status: 400, body: '{"code":3,"message":"invalid page token","details":[]}' },
    code: 'BAD_USER_INPUT',
    attempts: [400],
    upstreamStatus: 400,
  },
  {
    name: '400 about authorization',
    fault: { status: 400, body: '{"code":3,"message":"authorization header is malformed","details":[]}' },
    code: 'UNAUTHENTICATED',
    attempts: [400],
    upstreamStatus: 400,
  },
  {
    name: '400 about authorization as text',
    fault: { status: 400, body: 'Missing Authorization' },
    code: 'UNAUTHENTICATED',
    attempts: [400],
    upstreamStatus: 400,
  },
  { name: '400 as HTML', fault: { status: 400, form: 'html' }, code: 'BAD_USER_INPUT', attempts: [400] },
  {
    name: '401',
    fault: { status: 401 },
    code: 'UNAUTHENTICATED',
    attempts: [401],
    isTokenFault: true,
    upstreamStatus: 401,
  },
  { name: '403', fault: { status: 403 }, code: 'FORBIDDEN', attempts: [403], upstreamStatus: 403 },
  { name: '403 without a body', fault: { status: 403, form: 'empty' }, code: 'FORBIDDEN', attempts: [403] },
  { name: '404', fault: { status: 404 }, code: 'NOT_FOUND', attempts: [404], upstreamStatus: 404 },
  { name: '405', fault: { status: 405 }, code: 'UPSTREAM_ERROR', attempts: [405], upstreamStatus: 405 },
  { name: '429', fault: { status: 429 }, code: 'RATE_LIMITED', attempts: status(429, 4), upstreamStatus: 429 },
  { name: '500', fault: { status: 500 }, code: 'UPSTREAM_ERROR', attempts: status(500, 2), upstreamStatus: 500 },
  { name: '500 as HTML', fault: { status: 500, form: 'html' }, code: 'UPSTREAM_ERROR', attempts: status(500, 2) },
  { name: '502', fault: { status: 502 }, code: 'UPSTREAM_UNAVAILABLE', attempts: status(502, 4), upstreamStatus: 502 },
  { name: '503', fault: { status: 503 }, code: 'UPSTREAM_UNAVAILABLE', attempts: status(503, 4), upstreamStatus: 503 },
  { name: '504', fault: { status: 504 }, code: 'UPSTREAM_TIMEOUT', attempts: status(504, 4), upstreamStatus: 504 },
  { name: 'a reset connection', fault: { form: 'reset' }, code: 'UPSTREAM_UNAVAILABLE', attempts: silence(4) },
  // Two attempts of 65 s, and what the deadline of 150 s leaves of a third.
  { name: 'silence', fault: { form: 'hang' }, code: 'UPSTREAM_TIMEOUT', attempts: silence(3) },
  { name: 'a body that stops', fault: { form: 'stall' }, code: 'UPSTREAM_TIMEOUT', attempts: status(200, 3) },
  { name: 'a body cut off', fault: { form: 'cut' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: status(200, 2) },
  { name: 'broken JSON', fault: { form: 'malformed' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: status(200, 2) },
  { name: 'HTML', fault: { form: 'html' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: status(200, 2) },
  { name: 'an empty body', fault: { form: 'empty' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: status(200, 2) },
  {
    name: 'JSON of another shape',
    fault: { body: '{"assignments":{"a":1}}' },
    code: 'UPSTREAM_INVALID_RESPONSE',
    attempts: status(200, 2),
    upstreamStatus: 200,
  },
  {
    name: 'an error body with status 200',
    fault: { body: '{"code":13,"message":"internal"}' },
    code: 'UPSTREAM_INVALID_RESPONSE',
    attempts: status(200, 2),
  },
  { name: '204', fault: { status: 204, form: 'empty' }, code: 'UPSTREAM_INVALID_RESPONSE', attempts: status(204, 2) },
  {
    name: 'a redirect',
    fault: { status: 302, form: 'empty', headers: { location: '/elsewhere' } },
    code: 'UPSTREAM_INVALID_RESPONSE',
    attempts: status(302, 2),
    upstreamStatus: 302,
  },
  {
    name: 'a body larger than the cap',
    fault: { body: `{"assignments":[],"padding":"${'x'.repeat(100_000)}"}` },
    code: 'UPSTREAM_INVALID_RESPONSE',
    attempts: status(200, 2),
  },
];

const modes = ['passthrough', 'service'] as const;
const crowds = [1, 2] as const;
const cases = rows.flatMap((row) => modes.flatMap((mode) => crowds.map((crowd) => ({ ...row, mode, crowd }))));

let harness: Harness;
afterEach(() => harness.close());

const open = async (mode: (typeof modes)[number], fault: FaultRule): Promise<void> => {
  harness = await createHarness(
    { faults: [{ path: list, ...fault }] },
    { service: mode === 'service', maxBodyBytes: 50_000 },
  );
};

const ask = (crowd: number) =>
  Array.from({ length: crowd }, () => harness.upstream.fetchPage(firstPage, harness.operation()));

describe('a fault that lasts', () => {
  it.each(cases)('$name, $mode, callers: $crowd, gives $code', async (row) => {
    const { mode, crowd, fault, code, attempts, isTokenFault = false, upstreamStatus } = row;
    await open(mode, fault);
    const refusals = await harness.clock.run(Promise.all(ask(crowd).map(refusalOf)));

    expect(refusals.map((refusal) => refusal.code)).toEqual(Array.from({ length: crowd }, () => code));
    const hasAnswer = code !== 'UPSTREAM_TIMEOUT' && attempts[0] !== 'none';
    for (const refusal of refusals) {
      expect(refusal.upstreamStatus).toBe(upstreamStatus ?? refusal.upstreamStatus);
      expect(refusal.requestId ?? 'none').toMatch(hasAnswer || upstreamStatus === 504 ? /^[0-9a-f-]{36}$/ : /^none$/);
      expect(refusal.message).not.toMatch(/127\.0\.0\.1|scripted fault|<html|bearer ey/i);
    }
    const pages = harness.seen().filter((line) => line.startsWith('GET'));
    const logins = harness.seen().filter((line) => line.startsWith('POST'));
    const perCaller = mode === 'service' && isTokenFault ? [...attempts, ...attempts] : attempts;
    const expected = Array.from({ length: crowd }, () => perCaller.map((seen) => `GET role-assignments ${seen}`));
    expect(pages.toSorted()).toEqual(expected.flat().toSorted());
    const renewals = isTokenFault ? ['POST token refresh_token 200'] : [];
    expect(logins).toEqual(mode === 'passthrough' ? [] : ['POST token password 200', ...renewals]);
  });
});

const recoverable = rows.filter(({ attempts }) => attempts.length > 1);
const recoveries = recoverable.flatMap((row) => modes.map((mode) => ({ ...row, mode })));

describe('a fault that passes', () => {
  it.each(recoveries)('$name, $mode, is answered by the next attempt', async ({ mode, fault, attempts }) => {
    await open(mode, { ...fault, count: 1 });
    const operation = harness.operation();
    const page = await harness.fetch(operation);
    expect(page.items).toHaveLength(50);
    expect(page.totalSize).toBe(200);
    const pages = harness.seen().filter((line) => line.startsWith('GET'));
    expect(pages).toEqual([`GET role-assignments ${attempts[0]}`, 'GET role-assignments 200']);
    expect(operation.report).toMatchObject({ calls: 2, retries: 1 });
    expect(operation.budget.spent).toBe(2);
  });

  it('401, service, is answered with a token that is really new', async () => {
    await open('service', { status: 401, count: 1 });
    expect((await harness.fetch(harness.operation())).items).toHaveLength(50);
    expect(harness.seen()).toEqual([
      'POST token password 200',
      'GET role-assignments 401',
      'POST token refresh_token 200',
      'GET role-assignments 200',
    ]);
  });
});

describe('a caller without a credential', () => {
  it.each(modes)('%s: is refused before any call', async (mode) => {
    await open(mode, { status: 500 });
    const refusal = await refusalOf(harness.fetch(harness.operation({ token: '' })));
    expect(refusal.code).toBe('UNAUTHENTICATED');
    expect(harness.seen()).toEqual([]);
  });
});
