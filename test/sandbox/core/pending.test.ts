import { describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { list, openSandbox, post, tokenOf, type Query, type Reply } from '../client.ts';

const open = async (takesMs: number, options: SandboxOptions = {}) => {
  const clock = createManualClock();
  const sandbox = await openSandbox({
    subjects: 5,
    clock,
    faults: [{ takesMs, path: '/v2/role-assignments' }],
    ...options,
  });
  const poll = (id: string, query: Query = {}, token?: string): Promise<Reply> =>
    list(sandbox, query, { headers: { 'response-id': id }, ...(token === undefined ? {} : { token }) });
  /** Asks, and turns the clock by exactly `heldMs`; the answer must come then and not before. */
  const ask = async (heldMs: number): Promise<Reply> => {
    let isAnswered = false;
    const answer = list(sandbox).then((reply) => {
      isAnswered = true;
      return reply;
    });
    await clock.quiet();
    clock.advance(heldMs - 1);
    await clock.quiet();
    expect(isAnswered).toBe(false);
    clock.advance(1);
    return answer;
  };
  return { clock, sandbox, poll, ask };
};
const idOf = (reply: Reply): string => reply.headers.get('response-id') ?? '';

describe.each([
  ['newer', 30_000, 120_000],
  ['older', 50_000, 180_000],
] as const)('a slow question by the %s document', (pending, acceptAfterMs, giveUpAfterMs) => {
  it('is just answered late where it is ready before that', async () => {
    const { ask } = await open(acceptAfterMs - 1, { pending });
    expect(await ask(acceptAfterMs - 1)).toMatchObject({ status: 200, page: { totalSize: '5' } });
  });

  it('gets 202 with an id and no body, is polled, and is answered once', async () => {
    const { clock, poll, ask, sandbox } = await open(acceptAfterMs + 10_000, { pending });
    const accepted = await ask(acceptAfterMs);
    expect(accepted).toMatchObject({ status: 202, text: '' });
    expect(accepted.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const id = idOf(accepted);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const waiting = await poll(id);
    expect([waiting.status, idOf(waiting)]).toEqual([202, id]);
    clock.advance(9999);
    expect((await poll(id)).status).toBe(202);
    clock.advance(1);
    expect(await poll(id)).toMatchObject({ status: 200, page: { totalSize: '5' } });
    expect((await poll(id)).status).toBe(404);
    expect(sandbox.transcript().map(({ status, responseId }) => [status, responseId])).toEqual([
      [202, undefined],
      [202, id],
      [202, id],
      [200, id],
      [404, id],
    ]);
  });

  it('gets 504 when it takes too long, once, and then 404', async () => {
    const { clock, poll, ask } = await open(giveUpAfterMs + 1, { pending });
    const id = idOf(await ask(acceptAfterMs));
    clock.advance(giveUpAfterMs - acceptAfterMs - 1);
    expect((await poll(id)).status).toBe(202);
    clock.advance(1);
    expect((await poll(id)).status).toBe(504);
    expect((await poll(id)).status).toBe(404);
  });

  it('keeps its answer for ten minutes', async () => {
    const { clock, poll, ask, sandbox } = await open(acceptAfterMs, { pending });
    const kept = idOf(await ask(acceptAfterMs));
    clock.advance(599_999);
    expect((await poll(kept)).status).toBe(200);
    sandbox.control.setFaults([{ takesMs: acceptAfterMs }]);
    const lost = idOf(await ask(acceptAfterMs));
    clock.advance(600_000);
    expect((await poll(lost)).status).toBe(404);
  });
});

describe('an id', () => {
  it('is good for the identical request only, and is not spent by another one', async () => {
    const { clock, poll, ask, sandbox } = await open(30_000);
    const id = idOf(await ask(30_000));
    const customer = await tokenOf(sandbox, 'customer');
    expect((await poll(id, { pageSize: 50 })).status).toBe(404);
    expect((await poll(id, {}, customer)).status).toBe(404);
    expect((await poll('00000000-0000-4000-8000-000000000000')).status).toBe(404);
    clock.advance(10);
    const another = await tokenOf(sandbox, 'administrator');
    expect((await poll(id, {}, another)).status).toBe(200);
  });

  it('is never given to a caller that went away before', async () => {
    const { clock, sandbox } = await open(40_000);
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };
    const call = fetch(`${sandbox.url}/v2/role-assignments`, { headers, signal: leaving.signal });
    await clock.quiet();
    leaving.abort();
    await expect(call).rejects.toThrow('aborted');
    await expect.poll(() => sandbox.transcript()).toMatchObject([{ isAborted: true }]);
    expect(clock.waiting).toBe(0);
    expect(sandbox.transcript()[0]?.status).toBeUndefined();
  });

  it('is forgotten by a reset', async () => {
    const { poll, ask, sandbox } = await open(30_000);
    const id = idOf(await ask(30_000));
    sandbox.control.reset();
    expect((await poll(id)).status).toBe(404);
  });

  it('does not help who may not call any more', async () => {
    const { poll, ask, sandbox } = await open(30_000);
    const id = idOf(await ask(30_000));
    sandbox.control.actingAs('superuser@sandbox.example').setIntegrations('administrator@sandbox.example', false);
    expect((await poll(id)).status).toBe(403);
  });
});

describe('the immediate mode', () => {
  it('answers every question with 202 at once and is ready three seconds later', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 5, clock, pending: 'immediate' });
    const accepted = await list(sandbox, { pageSize: 2 });
    expect(accepted.status).toBe(202);
    const headers = { 'response-id': idOf(accepted) };
    clock.advance(2999);
    expect((await list(sandbox, { pageSize: 2 }, { headers })).status).toBe(202);
    clock.advance(1);
    expect((await list(sandbox, { pageSize: 2 }, { headers })).page.assignments).toHaveLength(2);
  });
});

describe('the token endpoint', () => {
  it('may answer with 202 too, and is polled with the same body', async () => {
    const clock = createManualClock();
    const faults = [{ takesMs: 5000, path: '/oauth/token' }];
    const sandbox = await openSandbox({ subjects: 5, clock, faults, pending: { acceptAfterMs: 0 } });
    const form = {
      grant_type: 'password',
      username: 'administrator@sandbox.example',
      password: 'sandbox-administrator',
    };
    const accepted = await post(sandbox, form);
    expect(accepted.status).toBe(202);
    const headers = { 'response-id': idOf(accepted) };
    clock.advance(5000);
    expect((await post(sandbox, { ...form, password: 'other' }, headers)).status).toBe(404);
    expect((await post(sandbox, form, headers)).status).toBe(200);
    expect((await list(sandbox)).status).toBe(200);
  });
});
