import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallOutcome, ErrorCode } from '../../src/model/errors.ts';
import type { FaultRule } from '../../src/sandbox/core/faults/faults.ts';
import type { EndpointFacts } from '../../src/upstream/endpoint.ts';
import { createHarness, firstPage, refusalOf, type Harness } from './harness.ts';
import { createSomeRole, everyCall, look, type AnyCall, type Known } from './every-call.ts';

/** What upstream sees of one call: its status, or `none`. */
type Seen = number | 'none';

interface Row {
  readonly name: string;
  readonly fault: FaultRule;
  readonly code: ErrorCode;
  /** What upstream sees of one read while the fault lasts. */
  readonly read: readonly Seen[];
  /** What it sees of a write: that is sent again only where it was surely not taken. Default: what a read begins with, once. */
  readonly write?: readonly Seen[];
  /** Whether a write was carried out. */
  readonly outcome: CallOutcome;
  /** True: another token may help, so service mode gets one and sends the call again. */
  readonly isTokenFault?: boolean;
}

const times = (seen: Seen, count: number): Seen[] => Array.from({ length: count }, () => seen);
const refused = { outcome: 'refused' } as const;
const unknown = { outcome: 'unknown' } as const;
const invalid = { code: 'UPSTREAM_INVALID_RESPONSE', ...unknown } as const;

const rows: readonly Row[] = [
  { name: '400', fault: { status: 400 }, code: 'BAD_USER_INPUT', read: [400], ...refused },
  {
    name: '400 about a page token',
    fault: { status: 400, body: '{"code":3,"message":"invalid page token","details":[]}' },
    code: 'BAD_USER_INPUT',
    read: [400],
    ...refused,
  },
  {
    name: '400 about authorization',
    fault: { status: 400, body: '{"code":3,"message":"authorization header is malformed","details":[]}' },
    code: 'UNAUTHENTICATED',
    read: [400],
    ...refused,
  },
  {
    name: '400 about authorization as text',
    fault: { status: 400, body: 'Missing Authorization' },
    code: 'UNAUTHENTICATED',
    read: [400],
    ...refused,
  },
  { name: '400 as HTML', fault: { status: 400, form: 'html' }, code: 'BAD_USER_INPUT', read: [400], ...refused },
  { name: '401', fault: { status: 401 }, code: 'UNAUTHENTICATED', read: [401], isTokenFault: true, ...refused },
  { name: '403', fault: { status: 403 }, code: 'FORBIDDEN', read: [403], ...refused },
  { name: '403 without a body', fault: { status: 403, form: 'empty' }, code: 'FORBIDDEN', read: [403], ...refused },
  { name: '404', fault: { status: 404 }, code: 'NOT_FOUND', read: [404], ...refused },
  { name: '405', fault: { status: 405 }, code: 'UPSTREAM_ERROR', read: [405], ...refused },
  { name: '409', fault: { status: 409 }, code: 'BAD_USER_INPUT', read: [409], ...refused },
  { name: '412', fault: { status: 412 }, code: 'BAD_USER_INPUT', read: [412], ...refused },
  { name: '418, undeclared', fault: { status: 418 }, code: 'UPSTREAM_ERROR', read: [418], ...refused },
  {
    name: '429',
    fault: { status: 429 },
    code: 'RATE_LIMITED',
    read: times(429, 4),
    write: times(429, 4),
    ...refused,
  },
  { name: '500', fault: { status: 500 }, code: 'UPSTREAM_ERROR', read: times(500, 2), ...unknown },
  {
    name: '500 as HTML',
    fault: { status: 500, form: 'html' },
    code: 'UPSTREAM_ERROR',
    read: times(500, 2),
    ...unknown,
  },
  { name: '501', fault: { status: 501 }, code: 'UPSTREAM_ERROR', read: [501], ...unknown },
  { name: '502', fault: { status: 502 }, code: 'UPSTREAM_UNAVAILABLE', read: times(502, 4), ...unknown },
  { name: '503', fault: { status: 503 }, code: 'UPSTREAM_UNAVAILABLE', read: times(503, 4), ...unknown },
  { name: '504', fault: { status: 504 }, code: 'UPSTREAM_TIMEOUT', read: times(504, 4), ...unknown },
  { name: '507, undeclared', fault: { status: 507 }, code: 'UPSTREAM_ERROR', read: times(507, 2), ...unknown },
  {
    name: 'a reset connection',
    fault: { form: 'reset' },
    code: 'UPSTREAM_UNAVAILABLE',
    read: times('none', 4),
    ...unknown,
  },
  // Two attempts of 65 s, and what the deadline of 150 s leaves of a third.
  { name: 'silence', fault: { form: 'hang' }, code: 'UPSTREAM_TIMEOUT', read: times('none', 3), ...unknown },
  { name: 'a body that stops', fault: { form: 'stall' }, code: 'UPSTREAM_TIMEOUT', read: times(200, 3), ...unknown },
  { name: 'a body cut off', fault: { form: 'cut' }, read: times(200, 2), ...invalid },
  { name: 'broken JSON', fault: { form: 'malformed' }, read: times(200, 2), ...invalid },
  { name: 'HTML', fault: { form: 'html' }, read: times(200, 2), ...invalid },
  { name: 'an empty body', fault: { form: 'empty' }, read: times(200, 2), ...invalid },
  { name: 'JSON of another shape', fault: { body: '[]' }, read: times(200, 2), ...invalid },
  {
    name: 'an error body with status 200',
    fault: { body: '{"code":13,"message":"internal"}' },
    read: times(200, 2),
    ...invalid,
  },
  { name: '204', fault: { status: 204, form: 'empty' }, read: times(204, 2), ...invalid },
  {
    name: 'a redirect',
    fault: { status: 302, form: 'empty', headers: { location: '/elsewhere' } },
    read: times(302, 2),
    ...invalid,
  },
  {
    name: 'a body larger than the cap',
    fault: { body: `{"padding":"${'x'.repeat(1_100_000)}"}` },
    read: [200],
    ...invalid,
  },
];

const modes = ['passthrough', 'service'] as const;

describe.each(modes)('in %s mode', (mode) => {
  /** Its sandbox is that of all cases; each of them has a client of its own. */
  let ground: Harness;
  let known: Known;

  beforeAll(async () => {
    ground = await createHarness({ subjects: 60, rateLimit: false, fairUse: false });
    known = await look(ground);
  });
  afterAll(() => ground.close());

  /** Does something with a new client, and gives it back together with the calls that the sandbox saw of it, logins apart. */
  const within = async <Value>(
    faults: readonly FaultRule[],
    work: (harness: Harness) => Promise<Value>,
  ): Promise<{ value: Value; calls: Seen[]; logins: string[] }> => {
    const { clock, sandbox } = ground;
    const harness = await createHarness(
      {},
      { service: mode === 'service', maxBodyBytes: 1_000_000 },
      { clock, sandbox },
    );
    sandbox.control.setFaults(faults);
    sandbox.clearTranscript();
    try {
      const value = await clock.run(work(harness));
      const seen = sandbox.transcript();
      return {
        value,
        calls: seen.filter(({ grantType }) => grantType === undefined).map(({ status }) => status ?? 'none'),
        logins: seen.flatMap(({ grantType }) => grantType ?? []),
      };
    } finally {
      sandbox.control.setFaults([]);
      await harness.close();
    }
  };

  /** A role has to be there to be deleted. */
  const prepare = async ({ endpoint }: AnyCall): Promise<void> => {
    if (endpoint.name === 'roles.delete') await within([], (harness) => createSomeRole.call(harness, known));
  };

  describe.each(everyCall)('$endpoint.name, a $kind,', (subject: AnyCall) => {
    const isWrite = subject.kind === 'write';
    const at = (fault: FaultRule): FaultRule => ({ ...fault, ...targetOf(subject) });
    const send = (harness: Harness) => subject.call(harness, known);

    it.each(rows)('meets $name that lasts, and gives $code', async (row) => {
      const { fault, code, read, write = read.slice(0, 1), outcome, isTokenFault = false } = row;
      await prepare(subject);
      const { value: refusal, calls, logins } = await within([at(fault)], (harness) => refusalOf(send(harness)));
      expect(refusal.code).toBe(code);
      expect(refusal.outcome).toBe(isWrite ? outcome : refusal.outcome);
      const once = isWrite ? write : read;
      expect(calls).toEqual(mode === 'service' && isTokenFault ? [...once, ...once] : once);
      expect(logins).toEqual(mode === 'passthrough' ? [] : isTokenFault ? ['password', 'refresh_token'] : ['password']);
      const hasAnswer = typeof once[0] === 'number' && (code !== 'UPSTREAM_TIMEOUT' || once[0] !== 200);
      expect(refusal.requestId ?? 'none').toMatch(hasAnswer ? /^[0-9a-f-]{36}$/ : /^none$/);
      expect(refusal.message).not.toMatch(/127\.0\.0\.1|scripted fault|<html|bearer ey/i);
    });

    const passing = rows.filter(({ read, write = read.slice(0, 1) }) => (isWrite ? write : read).length > 1);
    it.each(passing)('meets $name that passes, and is answered by the next attempt', async ({ fault, read }) => {
      await prepare(subject);
      const { calls } = await within([{ ...at(fault), count: 1 }], send);
      expect(calls).toEqual([read[0], 200]);
    });

    it('is carried out once where the answer takes long, and picked up by the identical call', async () => {
      await prepare(subject);
      const { calls } = await within([at({ takesMs: 32_000, count: 1 })], send);
      expect(calls).toEqual([202, 202, 200]);
      const [first, ...polls] = ground.sandbox.transcript().filter(({ grantType }) => grantType === undefined);
      for (const poll of polls) {
        expect(poll.responseId).toBe(first?.givenResponseId);
        expect([poll.path, poll.query]).toEqual([first?.path, first?.query]);
      }
      if (isWrite) expect(first?.executions).toBe(1);
    });

    it('starts over where upstream lost the answer, unless it is a write', async () => {
      const faults = [at({ takesMs: 60_000, count: 1 }), at({ poll: true, status: 404, count: 1 })];
      const { value, calls } = await within(faults, (harness) => send(harness).catch((error: unknown) => error));
      expect(calls).toEqual(isWrite ? [202, 404] : [202, 404, 200]);
      expect(value).toMatchObject(isWrite ? { code: 'UPSTREAM_ERROR', outcome: 'unknown' } : { isPending: false });
    });
  });
});

/** Logins go to the same host as role assignments and roles, and are to go on. */
const targetOf = ({ endpoint: { name, domain, method } }: AnyCall): Pick<FaultRule, 'domain' | 'path' | 'method'> => {
  if (domain === 'token') throw new Error('a login is no call of a caller');
  return { domain, ...(method === 'POST' && domain === 'identity' ? { path: pathOf(name) } : { method }) };
};

const pathOf = (name: string): string => {
  const verb = { 'roleAssignments.assign': 'assignRole', 'roleAssignments.revoke': 'revokeRole' }[name];
  return verb === undefined ? '/v2/roles' : `/v2/role-assignments:${verb}`;
};

describe('the table', () => {
  it('has every endpoint in it that there is', async () => {
    const folder = new URL('../../src/upstream/endpoints/', import.meta.url);
    const modules = await Promise.all(
      readdirSync(folder).map((file) => import(new URL(file, folder).href) as Promise<Record<string, unknown>>),
    );
    const names = modules
      .flatMap((module) => Object.values(module))
      .filter((value): value is EndpointFacts => typeof value === 'object' && value !== null && 'domain' in value)
      .filter(({ domain }) => domain !== 'token')
      .map(({ name }) => name);
    expect(names.toSorted()).toEqual(everyCall.map(({ endpoint }) => endpoint.name).toSorted());
  });
});

describe('a caller without a credential', () => {
  it.each(modes)('%s: is refused before any call', async (mode) => {
    const harness = await createHarness({ faults: [{ status: 500 }] }, { service: mode === 'service' });
    const refusal = await refusalOf(
      harness.clock.run(harness.upstream.fetchPage(firstPage, harness.operation({ token: '' }))),
    );
    expect(refusal.code).toBe('UNAUTHENTICATED');
    expect(harness.seen()).toEqual([]);
    await harness.close();
  });
});
