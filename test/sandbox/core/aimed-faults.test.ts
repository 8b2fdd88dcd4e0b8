import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../src/sandbox/core/faults/faults.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { list, openSandbox, tokenOf } from '../client.ts';
import { call } from '../domains/directory/client.ts';
import { createRole } from '../domains/identity/writes.ts';

const open = (faults: readonly FaultRule[]) => openSandbox({ subjects: 60, faults });

/** What came of a body before the connection broke. */
const readBroken = (sandbox: Sandbox, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request(`${sandbox.url}${path}`, { headers: { authorization: `Bearer ${sandbox.adminToken}` } });
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', () => resolve(text));
      response.on('end', () => reject(new Error('the answer is whole')));
    });
    sent.on('error', reject);
    sent.end();
  });

describe('a fault', () => {
  it('is aimed at a domain', async () => {
    const sandbox = await open([{ domain: 'devices', status: 503 }]);
    const statuses = [
      await call(sandbox, 'identity', '/v2/role-assignments'),
      await call(sandbox, 'users', '/v1/users'),
      await call(sandbox, 'devices', '/v1/devices'),
      await call(sandbox, 'devices', '/v1/device_groups'),
      await call(sandbox, 'policies', '/v2/policies'),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 503, 503, 200]);
    expect(sandbox.control.faults()[0]?.met).toBe(2);
  });

  it('is aimed at a method', async () => {
    const sandbox = await open([{ method: 'POST', status: 502 }]);
    expect((await list(sandbox)).status).toBe(200);
    expect((await createRole(sandbox, { name: 'x' })).status).toBe(502);
  });

  it('is aimed at a user', async () => {
    const sandbox = await open([{ user: 'reader@sandbox.example', status: 500 }]);
    expect((await list(sandbox)).status).toBe(200);
    expect((await list(sandbox, {}, { token: await tokenOf(sandbox, 'reader') })).status).toBe(500);
  });

  it.each([0, 1, 7])('cuts a list after %i rows', async (rows) => {
    const sandbox = await open([{ form: 'cut', rows, path: '/v2/role-assignments', count: 1 }]);
    const text = await readBroken(sandbox, '/v2/role-assignments?pageSize=10');
    const { assignments } = (await list(sandbox, { pageSize: 10 })).page;
    const { assignments: read } = JSON.parse(`${text}]}`) as { assignments: unknown[] };
    expect(read).toEqual(assignments.slice(0, rows));
  });
});

describe('a firewall', () => {
  const role = { name: 'helper', displayName: 'Helper' };

  it('refuses markup with a page for people and without a request-id, and lets plain texts pass', async () => {
    const sandbox = await open([{ form: 'firewall' }]);
    const refused = await createRole(sandbox, { ...role, description: '<b>all</b> of it' });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('request-id')).toBeNull();
    expect(refused.headers.get('content-type')).toContain('text/html');
    expect(refused.text).toContain('CANARY-');
    expect((await createRole(sandbox, { ...role, description: 'a < b, and all of it' })).status).toBe(200);
    expect(sandbox.transcript().map(({ executions }) => executions)).toEqual([undefined, 1]);
  });

  it('looks at queries too', async () => {
    const sandbox = await open([{ form: 'firewall' }]);
    const refused = await list(sandbox, { subjectReference: '<script>' });
    expect([refused.status, refused.text.startsWith('<!DOCTYPE html>')]).toEqual([403, true]);
    expect((await list(sandbox, { subjectReference: 'script' })).status).toBe(200);
  });
});
