import { describe, expect, it } from 'vitest';
import { parseWorld } from '../../../../src/sandbox/world/file/world-file.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { list, openSandbox, tokenOf } from '../../client.ts';
import { call, walkRows } from '../directory/client.ts';
import { assign, bodyOf, deleteRole, here, holds, msp, revoke, subject, there, type Change } from './writes.ts';

const open = (options: Parameters<typeof openSandbox>[0] = {}) => openSandbox({ subjects: 60, ...options });

describe('assigning a role', () => {
  it('adds scopes to what the subject has, and shows it in every later list', async () => {
    const sandbox = await open();
    const before = (await list(sandbox, { pageSize: 1000 })).page;
    expect(await assign(sandbox, { scopes: [here] })).toMatchObject({ status: 200, body: {} });
    await assign(sandbox, { scopes: [there] });
    expect(await holds(sandbox)).toEqual([[here, there]]);
    const after = (await list(sandbox, { pageSize: 1000 })).page;
    expect(after.totalSize).toBe(before.totalSize);
    expect(after.assignments[1]?.roles).toEqual([
      ...(before.assignments[1]?.roles ?? []),
      { roleName: 'helpdesk', scopes: [here, there] },
    ]);
    expect([after.assignments[0], after.assignments.slice(2)]).toEqual([
      before.assignments[0],
      before.assignments.slice(2),
    ]);
  });

  it('shows it to every caller by its rights, and with the scopes that are nested in it', async () => {
    const sandbox = await open();
    const token = await tokenOf(sandbox, 'customer');
    await assign(sandbox, { scopes: [here] });
    await assign(sandbox, { scopes: [there], roleName: 'billing.viewer' });
    const { page } = await list(sandbox, { subjectReference: subject }, { token });
    expect(page.assignments[0]?.roles?.map(({ roleName }) => roleName)).toEqual(['auditor', 'helpdesk']);
    const nested = await list(sandbox, { subjectReference: subject, includeNestedScopes: true }, { token });
    expect(nested.page.assignments[0]?.roles?.[1]?.scopes?.length).toBeGreaterThan(5);
  });

  it.each([undefined, []])('grants it everywhere, without complaint, where scopes are %j', async (scopes) => {
    const sandbox = await open();
    expect((await assign(sandbox, scopes === undefined ? {} : { scopes })).status).toBe(200);
    expect(await holds(sandbox)).toEqual([[]]);
  });

  it('keeps several components as one composite scope, and knows it again whatever their order', async () => {
    const sandbox = await open();
    const scope = { customerUuid: here.customerUuid, mspUuid: msp };
    await assign(sandbox, { scopes: [scope] });
    await assign(sandbox, { scopes: [{ mspUuid: msp, customerUuid: here.customerUuid }] });
    expect(await holds(sandbox)).toEqual([[scope]]);
  });

  it('makes a person of the directory exist who held nothing', async () => {
    const sandbox = await open();
    const held = new Set(
      (await list(sandbox, { pageSize: 1000 })).page.assignments.map(({ subjectReference }) => subjectReference),
    );
    const people = await walkRows(sandbox, 'users', '/v1/users', 'users');
    const free = people.find(({ uuid }) => !held.has(uuid))?.uuid ?? '';
    expect(await assign(sandbox, { subjectReference: free, scopes: [here] })).toMatchObject({ status: 200 });
    const { page } = await list(sandbox, { subjectReference: free });
    expect(page.assignments).toEqual([
      {
        subjectReference: free,
        subjectType: 'SUBJECT_TYPE_USER',
        roles: [{ roleName: 'helpdesk', scopes: [here] }],
      },
    ]);
    const sorted = (await list(sandbox, { pageSize: 1000, orderBy: 'subjectReference' })).page;
    const references = sorted.assignments.map(({ subjectReference = '' }) => subjectReference);
    expect(references).toEqual(references.toSorted());
    expect(references).toContain(free);
    expect(sorted.totalSize).toBe('61');
    await revoke(sandbox, { subjectReference: free, scopes: [here] });
    expect((await list(sandbox)).page.totalSize).toBe('60');
  });

  it.each<[string, Change, number]>([
    ['an unknown role', { roleName: 'nobody', scopes: [here] }, 400],
    ['an unknown subject', { subjectReference: 'nobody', scopes: [here] }, 404],
    ['another type of the subject', { subjectType: 'SUBJECT_TYPE_DEVICE', scopes: [here] }, 404],
    ['no subject', { subjectReference: '', scopes: [here] }, 400],
    ['an empty scope', { scopes: [{}] }, 400],
    ['a scope of an empty text', { scopes: [{ customerUuid: '' }] }, 400],
    ['an empty scope beside another', { scopes: [here, {}] }, 400],
    ['a scope that is not there', { scopes: [{ customerUuid: subject }] }, 400],
    ['an unknown field in a scope', { scopes: [{ galaxyUuid: msp }] }, 400],
    ['a scope that is no object', { scopes: ['customerUuid'] }, 400],
    ['a number for a uuid', { scopes: [{ customerUuid: 5 }] }, 400],
  ])('is refused for %s, and changes nothing', async (_, wanted, status) => {
    const sandbox = await open();
    const before = (await list(sandbox, { pageSize: 1000 })).page;
    expect((await assign(sandbox, wanted)).status).toBe(status);
    expect((await list(sandbox, { pageSize: 1000 })).page).toEqual(before);
    expect(sandbox.transcript().every(({ executions }) => executions === undefined)).toBe(true);
  });

  it.each<[string, string | undefined, Record<string, string>, number]>([
    ['no body', undefined, {}, 400],
    ['a body that is not JSON', '{', {}, 400],
    ['a list', '[]', {}, 400],
    ['another type', JSON.stringify(bodyOf({ scopes: [here] })), { 'content-type': 'text/plain' }, 415],
    ['an unknown field', JSON.stringify({ ...bodyOf({ scopes: [here] }), reason: 'x' }), {}, 400],
    ['an unknown field in the role', '{"role":{"roleName":"admin","name":"x"}}', {}, 400],
    ['a subject type that is not documented', '{"subjectType":"SUBJECT_TYPE_ROBOT"}', {}, 400],
    ['an unknown query parameter', JSON.stringify(bodyOf({ scopes: [here] })), { query: '?force=true' }, 400],
  ])('is refused for %s', async (_, body, { query = '', ...headers }, status) => {
    const sandbox = await open();
    const response = await fetch(`${sandbox.url}/v2/role-assignments:assignRole${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.adminToken}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    expect(response.status).toBe(status);
  });

  it('asks for the type where several subjects have the reference', async () => {
    const world = parseWorld({
      subjects: ['USER', 'DEVICE'].map((type) => ({
        subjectReference: 'twice',
        subjectType: `SUBJECT_TYPE_${type}`,
        roles: [{ roleName: 'admin', scopes: [here] }],
      })),
    });
    const sandbox = await open({ world });
    const wanted = { subjectReference: 'twice', roleName: 'admin', scopes: [] };
    expect((await assign(sandbox, wanted)).status).toBe(400);
    expect((await assign(sandbox, { ...wanted, subjectType: 'SUBJECT_TYPE_UNSPECIFIED' })).status).toBe(400);
    expect((await assign(sandbox, { ...wanted, subjectType: 'SUBJECT_TYPE_DEVICE' })).status).toBe(200);
    const { page } = await list(sandbox);
    expect(page.assignments.map(({ roles }) => roles?.length)).toEqual([1, 2]);
  });
});

describe('revoking a role', () => {
  it('takes the scopes named and keeps the others', async () => {
    const sandbox = await open();
    await assign(sandbox, { scopes: [here, there, { mspUuid: msp }] });
    expect(await revoke(sandbox, { scopes: [there] })).toMatchObject({ status: 200, body: {} });
    expect(await holds(sandbox)).toEqual([[here, { mspUuid: msp }]]);
  });

  it('does not cut a hole into a wider scope', async () => {
    const sandbox = await open();
    await assign(sandbox, { scopes: [{ mspUuid: msp }] });
    await revoke(sandbox, { scopes: [here] });
    expect(await holds(sandbox)).toEqual([[{ mspUuid: msp }]]);
  });

  it('lets a subject vanish with its last role, and come back with its next', async () => {
    const sandbox = await open();
    const wanted = { roleName: 'admin', subjectReference: subject, scopes: [] };
    await revoke(sandbox, wanted);
    await revoke(sandbox, { ...wanted, roleName: 'auditor' });
    expect((await list(sandbox, { subjectReference: subject })).page).toMatchObject({
      assignments: [],
      totalSize: '0',
    });
    const { page } = await list(sandbox, { pageSize: 2 });
    expect(page.totalSize).toBe('59');
    expect(page.assignments.map(({ subjectReference }) => subjectReference)).not.toContain(subject);
    await assign(sandbox, { scopes: [here] });
    expect((await list(sandbox, { pageSize: 2 })).page.assignments[1]).toEqual({
      subjectReference: subject,
      roles: [{ roleName: 'helpdesk', scopes: [here] }],
    });
    expect((await list(sandbox)).page.totalSize).toBe('60');
  });

  it('of an unknown subject is 404', async () => {
    expect((await revoke(await open(), { subjectReference: 'nobody', scopes: [here] })).status).toBe(404);
  });
});

describe('a write', () => {
  it('needs the functionality, and rights over every scope that it names', async () => {
    const sandbox = await open();
    const reader = { token: await tokenOf(sandbox, 'reader') };
    const writer = { token: await tokenOf(sandbox, 'customer-writer') };
    const maker = { token: await tokenOf(sandbox, 'role-maker') };
    const statuses = [
      await assign(sandbox, { scopes: [here] }, reader),
      await assign(sandbox, { scopes: [here] }, maker),
      await assign(sandbox, { scopes: [there] }, writer),
      await assign(sandbox, { scopes: [here, there] }, writer),
      await assign(sandbox, { scopes: [] }, writer),
      await revoke(sandbox, { roleName: 'admin', scopes: [] }, writer),
      await assign(sandbox, { scopes: [here] }, writer),
    ].map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403, 403, 403, 403, 200]);
    expect(await holds(sandbox)).toEqual([[here]]);
    expect((await revoke(sandbox, { scopes: [here] }, writer)).status).toBe(200);
    expect(await holds(sandbox)).toEqual([]);
  });

  it('with a bad token does nothing', async () => {
    const sandbox = await open();
    expect((await assign(sandbox, { scopes: [here] }, { token: 'x' })).status).toBe(401);
    sandbox.control.revokeTokens();
    expect((await assign(sandbox, { scopes: [here] })).status).toBe(401);
    expect(sandbox.transcript().map(({ executions }) => executions)).toEqual([undefined, undefined]);
  });

  it('is forgotten by a reset', async () => {
    const sandbox = await open();
    const before = (await list(sandbox, { pageSize: 1000 })).page;
    await assign(sandbox, { scopes: [here] });
    await deleteRole(sandbox, 'team/leads 100%');
    sandbox.control.reset();
    expect((await list(sandbox, { pageSize: 1000 })).page).toEqual(before);
  });

  it.each([300, 4000])('shows in reads %i ms later where they lag so much', async (visibleAfterMs) => {
    const clock = createManualClock();
    const sandbox = await open({ clock, visibleAfterMs });
    await assign(sandbox, { scopes: [here] });
    clock.advance(1);
    await assign(sandbox, { scopes: [there] });
    clock.advance(visibleAfterMs - 2);
    expect(await holds(sandbox)).toEqual([]);
    clock.advance(1);
    expect(await holds(sandbox)).toEqual([[here]]);
    clock.advance(1);
    expect(await holds(sandbox)).toEqual([[here, there]]);
  });

  it('says in the transcript what it was, with its names and scopes, and no credential', async () => {
    const sandbox = await open();
    await assign(sandbox, { scopes: [here] });
    expect(sandbox.transcript()).toMatchObject([
      {
        domain: 'identity',
        method: 'POST',
        path: '/v2/role-assignments:assignRole',
        user: 'administrator@sandbox.example',
        status: 200,
        executions: 1,
        body: bodyOf({ scopes: [here] }),
      },
    ]);
    expect(JSON.stringify(sandbox.transcript())).not.toContain(sandbox.adminToken);
  });

  it.each(['GET', 'DELETE'])('may have no body with %s', async (method) => {
    const sandbox = await open();
    const path = method === 'GET' ? '/v2/permissions' : '/v2/roles/none';
    // `fetch` sends no body with GET, so node's own client does.
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${sandbox.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${sandbox.adminToken}`, 'content-type': 'application/json' },
      });
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.end('{}');
    });
    expect(status).toBe(400);
    expect((await call(sandbox, 'identity', path, { method })).status).toBe(method === 'GET' ? 200 : 404);
  });
});
