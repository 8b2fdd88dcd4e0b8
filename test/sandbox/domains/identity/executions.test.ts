import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../../src/sandbox/core/faults/faults.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { openSandbox } from '../../client.ts';
import type { DirectoryReply } from '../directory/client.ts';
import { assign, createRole, deleteRole, executions, here, holds, revoke, subject, there } from './writes.ts';

const open = async (options: Parameters<typeof openSandbox>[0] = {}) => {
  const clock = createManualClock();
  const sandbox = await openSandbox({ subjects: 30, clock, ...options });
  return { clock, sandbox };
};
const idOf = (reply: DirectoryReply): string => reply.headers.get('response-id') ?? '';
const by = (id: string) => ({ headers: { 'response-id': id } });
const duplicate = { assignTwice: 'duplicate' } as const;

describe('a write that is answered with 202', () => {
  it('is carried out once when it settles, never by a poll, and its effect stays', async () => {
    const { clock, sandbox } = await open({ pending: 'immediate', ...duplicate });
    const change = { scopes: [here] };
    const id = idOf(await assign(sandbox, change));
    expect((await assign(sandbox, change, by(id))).status).toBe(202);
    expect(executions(sandbox)).toEqual([undefined, undefined]);
    clock.advance(3000);
    sandbox.control.configure({ pending: { takesMs: 0 } });
    // Before anybody has picked it up.
    expect(await holds(sandbox)).toEqual([[here]]);
    expect(await assign(sandbox, change, by(id))).toMatchObject({ status: 200, body: {} });
    expect((await assign(sandbox, change, by(id))).status).toBe(404);
    expect(await holds(sandbox)).toEqual([[here]]);
    expect(executions(sandbox)).toEqual([1, undefined, undefined, undefined]);
  });

  it('is done though nobody ever asks for it, and though it is kept no longer', async () => {
    const { clock, sandbox } = await open({ pending: 'immediate', ...duplicate });
    const id = idOf(await assign(sandbox, { scopes: [here] }));
    clock.advance(603_000);
    expect((await assign(sandbox, { scopes: [here] }, by(id))).status).toBe(404);
    sandbox.control.configure({ pending: { takesMs: 0 } });
    expect(await holds(sandbox)).toEqual([[here]]);
    expect(executions(sandbox)).toEqual([1, undefined]);
  });

  it('is another write where the identical body comes without the id', async () => {
    const { clock, sandbox } = await open({ pending: 'immediate', ...duplicate });
    await assign(sandbox, { scopes: [here] });
    await assign(sandbox, { scopes: [here] });
    clock.advance(3000);
    sandbox.control.configure({ pending: { takesMs: 0 } });
    expect(await holds(sandbox)).toEqual([[here, here]]);
    expect(executions(sandbox)).toEqual([1, 1]);
  });

  it('is picked up with the identical body only', async () => {
    const { clock, sandbox } = await open({ pending: 'immediate' });
    const id = idOf(await assign(sandbox, { scopes: [here] }));
    clock.advance(3000);
    expect((await assign(sandbox, { scopes: [there] }, by(id))).status).toBe(404);
    expect((await revoke(sandbox, { scopes: [here] }, by(id))).status).toBe(404);
    expect((await assign(sandbox, { scopes: [here] }, by(id))).status).toBe(200);
  });

  it('is carried out in the order in which writes settle', async () => {
    const { clock, sandbox } = await open({ pending: { acceptAfterMs: 0 } });
    sandbox.control.setFaults([{ takesMs: 2000, count: 1 }, { takesMs: 1000 }]);
    await assign(sandbox, { scopes: [here] });
    await assign(sandbox, { scopes: [there] });
    clock.advance(1500);
    sandbox.control.setFaults([]);
    expect(await holds(sandbox)).toEqual([[there]]);
    clock.advance(500);
    expect(await holds(sandbox)).toEqual([[there, here]]);
  });

  it('that is refused is so at its end, and is not done', async () => {
    const { clock, sandbox } = await open({ pending: 'immediate' });
    const wanted = { roleName: 'nobody', scopes: [here] };
    const id = idOf(await assign(sandbox, wanted));
    clock.advance(3000);
    expect((await assign(sandbox, wanted, by(id))).status).toBe(400);
    expect(executions(sandbox)).toEqual([undefined, undefined]);
  });

  it.each([
    ['done', [[here]]],
    ['notDone', []],
  ] as const)('and given up with 504 is %s by the reading', async (timesOut, held) => {
    const { clock, sandbox } = await open({ timesOut, pending: { acceptAfterMs: 0, takesMs: 120_001 } });
    const id = idOf(await assign(sandbox, { scopes: [here] }));
    clock.advance(120_000);
    expect((await assign(sandbox, { scopes: [here] }, by(id))).status).toBe(504);
    sandbox.control.configure({ pending: { takesMs: 0 } });
    expect(await holds(sandbox)).toEqual(held);
    expect(executions(sandbox)).toEqual([held.length === 0 ? undefined : 1, undefined]);
  });

  it('creates a role once', async () => {
    const { clock, sandbox } = await open({ pending: 'immediate' });
    const role = { name: 'once' };
    const id = idOf(await createRole(sandbox, role));
    clock.advance(3000);
    expect((await createRole(sandbox, role, by(id))).status).toBe(200);
    sandbox.control.configure({ pending: { takesMs: 0 } });
    expect((await createRole(sandbox, role)).status).toBe(409);
    expect((await deleteRole(sandbox, 'once')).status).toBe(200);
    expect(executions(sandbox)).toEqual([1, undefined, undefined, 1]);
  });

  it('by fair use is carried out once too', async () => {
    const { clock, sandbox } = await open({ fairUse: { burst: 1, backlog: 5, perSecond: 2 }, ...duplicate });
    expect((await assign(sandbox, { scopes: [here] })).status).toBe(200);
    const id = idOf(await assign(sandbox, { scopes: [here] }));
    clock.advance(500);
    expect((await assign(sandbox, { scopes: [here] }, by(id))).status).toBe(200);
    sandbox.control.configure({ fairUse: false });
    expect(await holds(sandbox)).toEqual([[here, here]]);
  });
});

it('is done though its caller has gone away before', async () => {
  const { clock, sandbox } = await open({ faults: [{ takesMs: 20_000, method: 'POST' }] });
  const leaving = new AbortController();
  const gone = fetch(`${sandbox.url}/v2/role-assignments:assignRole`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ role: { roleName: 'helpdesk', scopes: [here] }, subjectReference: subject }),
    signal: leaving.signal,
  });
  await clock.quiet();
  leaving.abort();
  await expect(gone).rejects.toThrow('aborted');
  await expect.poll(() => sandbox.transcript()).toMatchObject([{ isAborted: true }]);
  expect(await holds(sandbox)).toEqual([]);
  clock.advance(20_000);
  expect(await holds(sandbox)).toEqual([[here]]);
  expect(executions(sandbox)).toEqual([1]);
});

describe('an answer that gets lost', () => {
  const ways: readonly FaultRule[] = [
    { form: 'reset' },
    { status: 500 },
    { status: 502 },
    { status: 504 },
    { form: 'html', status: 502 },
    { form: 'malformed' },
  ];

  it.each(ways)('before the write leaves it undone: %j', async (rule) => {
    const { sandbox } = await open({ faults: [{ ...rule, lost: 'before', method: 'POST', count: 1 }] });
    await assign(sandbox, { scopes: [here] }).catch(() => undefined);
    expect(executions(sandbox)).toEqual([undefined]);
    expect(await holds(sandbox)).toEqual([]);
  });

  it.each(ways)('after the write leaves it done: %j', async (rule) => {
    const { sandbox } = await open({ faults: [{ ...rule, lost: 'after', method: 'POST', count: 1 }] });
    await assign(sandbox, { scopes: [here] }).catch(() => undefined);
    expect(executions(sandbox)).toEqual([1]);
    expect(await holds(sandbox)).toEqual([[here]]);
  });

  it('in its middle leaves it done', async () => {
    const { sandbox } = await open({ faults: [{ form: 'cut', method: 'POST', count: 1 }] });
    await assign(sandbox, { scopes: [here] }).catch(() => undefined);
    expect(executions(sandbox)).toEqual([1]);
  });
});

describe('another writer', () => {
  it('changes the same subject between a read and a write', async () => {
    const { sandbox } = await open();
    const between = { subjectReference: subject, roleName: 'helpdesk' } as const;
    sandbox.control.setFaults([
      { method: 'POST', count: 1, between: { ...between, change: 'assign', scopes: [there] } },
    ]);
    expect((await assign(sandbox, { scopes: [here] })).status).toBe(200);
    expect(await holds(sandbox)).toEqual([[there, here]]);
    sandbox.control.setFaults([
      { method: 'POST', count: 1, between: { ...between, change: 'revoke', scopes: [here] } },
    ]);
    expect((await revoke(sandbox, { scopes: [here] })).status).toBe(200);
    expect(await holds(sandbox)).toEqual([[there]]);
    expect(executions(sandbox)).toEqual([1, 1]);
    expect(sandbox.transcript().map(({ fault }) => fault)).toEqual(['between', undefined, 'between', undefined]);
  });
});
