import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../src/sandbox/core/faults/faults.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { list, openSandbox, post, tokenOf } from '../client.ts';

const login = { grant_type: 'password', username: 'administrator@sandbox.example', password: 'sandbox-administrator' };

/** What a caller experiences of one call: its status, or how the connection failed. */
const experience = async (sandbox: Sandbox): Promise<string> => {
  try {
    const answer = await list(sandbox);
    return `${answer.status} ${answer.text.length}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return (cause as { code?: string }).code ?? String(cause);
  }
};

const statuses = async (sandbox: Sandbox, count: number): Promise<number[]> => {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await list(sandbox)).status);
  return seen;
};

describe('what a scripted fault does', () => {
  it.each([400, 401, 403, 404, 429, 500, 502, 503, 504])(
    'answers with status %i and the usual body',
    async (status) => {
      const sandbox = await openSandbox({ subjects: 2, faults: [{ status }] });
      const answer = await list(sandbox);
      expect(answer.status).toBe(status);
      expect(answer.error).toEqual({
        code: expect.any(Number),
        message: expect.stringMatching(/^a scripted fault/),
        details: [{ reason: expect.stringMatching(/^CANARY-/) }],
      });
      expect(sandbox.transcript()).toMatchObject([{ status, fault: 'status', user: 'administrator@sandbox.example' }]);
    },
  );

  it.each([
    ['an own body', { status: 400, body: 'no such token' }, 400, 'application/json', 'no such token'],
    ['own headers', { status: 429, headers: { 'retry-after': '2' } }, 429, 'application/json', expect.any(String)],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 302, 'application/json', expect.any(String)],
    ['an empty answer', { form: 'empty' }, 200, null, ''],
    ['an empty error', { form: 'empty', status: 502 }, 502, null, ''],
    ['a page for people', { form: 'html' }, 200, 'text/html; charset=utf-8', expect.stringContaining('<h1>')],
    [
      'a page for people as an error',
      { form: 'html', status: 503 },
      503,
      'text/html; charset=utf-8',
      expect.any(String),
    ],
  ] as const)('gives %s', async (_, fault, status, type, body) => {
    const sandbox = await openSandbox({ subjects: 2, faults: [fault] });
    const response = await fetch(`${sandbox.url}/v2/role-assignments`, {
      headers: { authorization: `Bearer ${sandbox.adminToken}` },
      redirect: 'manual',
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toEqual(body);
    const headers: Record<string, string> = 'headers' in fault ? fault.headers : {};
    expect(Object.keys(headers).map((name) => response.headers.get(name))).toEqual(Object.values(headers));
  });

  it('adds headers to the real answer, and takes one away that it names without a value', async () => {
    const sandbox = await openSandbox({ subjects: 2, faults: [{ headers: { 'request-id': '', 'x-more': 'yes' } }] });
    const answer = await list(sandbox);
    expect(answer.page.totalSize).toBe('2');
    expect(answer.headers.get('request-id')).toBeNull();
    expect(answer.headers.get('x-more')).toBe('yes');
  });

  it('gives JSON that breaks off, with the right length', async () => {
    const sandbox = await openSandbox({ subjects: 2, faults: [{ form: 'malformed' }] });
    await expect(list(sandbox)).rejects.toThrow('JSON');
  });

  it('resets the connection', async () => {
    const sandbox = await openSandbox({ subjects: 2, faults: [{ form: 'reset', count: 1 }] });
    expect(await experience(sandbox)).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(await experience(sandbox)).toMatch(/^200 /);
    expect(sandbox.transcript()[0]).toMatchObject({ fault: 'reset' });
    expect(sandbox.transcript()[0]?.status).toBeUndefined();
  });

  it('cuts the body short of its length', async () => {
    const sandbox = await openSandbox({ subjects: 50, faults: [{ form: 'cut', count: 1 }] });
    const response = await fetch(`${sandbox.url}/v2/role-assignments`, {
      headers: { authorization: `Bearer ${sandbox.adminToken}` },
    });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1000);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(await experience(sandbox)).toMatch(/^200 /);
  });

  it.each(['stall', 'hang'] as const)('lets a caller wait for ever (%s)', async (form) => {
    const sandbox = await openSandbox({ subjects: 50, faults: [{ form }] });
    const leaving = new AbortController();
    const call = fetch(`${sandbox.url}/v2/role-assignments`, {
      headers: { authorization: `Bearer ${sandbox.adminToken}` },
      signal: leaving.signal,
    }).then((response) => response.text());
    await expect.poll(() => sandbox.transcript()[0]?.fault).toBe(form);
    leaving.abort();
    await expect(call).rejects.toThrow('aborted');
  });

  it('holds an answer back, and lets a caller go that does not wait for it', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, faults: [{ delayMs: 700 }] });
    const call = list(sandbox);
    await clock.quiet();
    clock.advance(699);
    await clock.quiet();
    expect(sandbox.transcript()[0]?.status).toBeUndefined();
    clock.advance(1);
    expect((await call).status).toBe(200);
    expect(sandbox.transcript()[0]).toMatchObject({ fault: 'delay', status: 200 });

    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };
    const gone = fetch(`${sandbox.url}/v2/role-assignments`, { headers, signal: leaving.signal });
    await clock.quiet();
    leaving.abort();
    await expect(gone).rejects.toThrow('aborted');
    await expect.poll(() => sandbox.transcript()[1]?.isAborted).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('delays a failure too', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, faults: [{ delayMs: 700, status: 503 }] });
    const call = list(sandbox);
    await clock.quiet();
    clock.advance(700);
    expect((await call).status).toBe(503);
  });
});

describe('which calls a scripted fault meets', () => {
  it('is every call without conditions, the token endpoint included', async () => {
    const sandbox = await openSandbox({ subjects: 2, faults: [{ status: 500 }] });
    expect(await statuses(sandbox, 2)).toEqual([500, 500]);
    expect((await post(sandbox, login)).status).toBe(500);
  });

  it('skips some, then counts', async () => {
    const sandbox = await openSandbox({ subjects: 2, faults: [{ status: 503, skip: 2, count: 2 }] });
    expect(await statuses(sandbox, 6)).toEqual([200, 200, 503, 503, 200, 200]);
    expect(sandbox.control.faults()).toEqual([{ rule: { status: 503, skip: 2, count: 2 }, met: 2 }]);
  });

  it('depends on path, user, query and response-id where it says so', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const customer = await tokenOf(sandbox, 'customer');
    const met = async (rule: FaultRule): Promise<boolean[]> => {
      sandbox.control.setFaults([{ ...rule, status: 502 }]);
      const answers = [
        await list(sandbox),
        await list(sandbox, { pageSize: 7 }),
        await list(sandbox, {}, { token: customer }),
        await list(sandbox, {}, { headers: { 'response-id': 'x' } }),
        await post(sandbox, login),
      ];
      return answers.map(({ status }) => status === 502);
    };
    expect(await met({ path: '/oauth/token' })).toEqual([false, false, false, false, true]);
    expect(await met({ path: '/v2/role-assignments' })).toEqual([true, true, true, true, false]);
    expect(await met({ user: 'customer@sandbox.example' })).toEqual([false, false, true, false, false]);
    expect(await met({ query: 'pageSize=7' })).toEqual([false, true, false, false, false]);
    expect(await met({ poll: true })).toEqual([false, false, false, true, false]);
    expect(await met({ poll: false, path: '/v2/role-assignments', query: 'Size' })).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
  });

  it('is decided by the first rule that meets the call', async () => {
    const sandbox = await openSandbox({
      subjects: 2,
      faults: [
        { status: 500, count: 1 },
        { status: 503, count: 1 },
      ],
    });
    sandbox.control.addFault({ status: 504, count: 1 });
    expect(await statuses(sandbox, 4)).toEqual([500, 503, 504, 200]);
  });

  it('is a matter of chance that follows from the seed', async () => {
    const run = async (seed: number): Promise<number[]> => {
      const sandbox = await openSandbox({ subjects: 2, seed, faults: [{ status: 503, probability: 0.3 }] });
      return statuses(sandbox, 60);
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
    const failed = first.filter((status) => status === 503).length;
    expect(failed).toBeGreaterThan(8);
    expect(failed).toBeLessThan(30);
  });

  it('is started anew by a reset', async () => {
    const sandbox = await openSandbox({ subjects: 2, faults: [{ status: 503, count: 1 }] });
    expect(await statuses(sandbox, 2)).toEqual([503, 200]);
    sandbox.control.setFaults([]);
    sandbox.control.reset();
    expect(await statuses(sandbox, 2)).toEqual([503, 200]);
  });
});
