import { describe, expect, it } from 'vitest';
import { domains } from '../../../src/sandbox/core/domain.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { openSandbox, tokenOf } from '../client.ts';
import { call } from '../domains/directory/client.ts';
import { createRole } from '../domains/identity/writes.ts';

const paths = { identity: '/v2/permissions', users: '/v1/users', devices: '/v1/devices', policies: '/v2/policies' };

describe('the origins of the domains', () => {
  it('are four, and each knows its own paths only', async () => {
    const sandbox = await openSandbox({ subjects: 60 });
    expect(new Set(Object.values(sandbox.urls)).size).toBe(4);
    expect(sandbox.urls.identity).toBe(sandbox.url);
    for (const domain of domains) {
      for (const [owner, path] of Object.entries(paths)) {
        expect((await call(sandbox, domain, path)).status).toBe(owner === domain ? 200 : 404);
      }
    }
    expect((await fetch(`${sandbox.urls.users}/oauth/token`, { method: 'POST' })).status).toBe(404);
  });

  it('have the ports after the first one, in their order', async () => {
    const open = async (attempts: number): Promise<Sandbox> => {
      const free = await createSandbox({ subjects: 2 });
      await free.close();
      const port = Number(new URL(free.url).port);
      // One of the ports after it may be somebody's.
      return openSandbox({ subjects: 2, port }).catch((error: unknown) => {
        if (attempts === 1) throw error;
        return open(attempts - 1);
      });
    };
    const sandbox = await open(20);
    const port = Number(new URL(sandbox.url).port);
    expect(domains.map((domain) => Number(new URL(sandbox.urls[domain]).port))).toEqual(
      [0, 1, 2, 3].map((i) => port + i),
    );
  });

  it('refuse the connection where the domain is absent', async () => {
    const sandbox = await openSandbox({ subjects: 2, absent: ['users'] });
    await expect(fetch(sandbox.urls.users)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect((await call(sandbox, 'devices', '/v1/devices')).status).toBe(200);
  });

  it('always have Identity, which hands out the tokens', async () => {
    await expect(createSandbox({ absent: ['identity'] })).rejects.toThrow('the domain identity cannot be absent');
  });

  it('cannot start where a port is taken, and then leave none open', async () => {
    const other = await openSandbox({ subjects: 2 });
    const port = Number(new URL(other.urls.devices).port) - 2;
    await expect(createSandbox({ subjects: 2, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('the limits', () => {
  it('are one count over all domains, reads, writes and polls', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 60, clock, rateLimit: 10, pending: { acceptAfterMs: 0 } });
    const statuses: number[] = [];
    for (let i = 0; i < 2; i++) {
      for (const domain of domains) statuses.push((await call(sandbox, domain, paths[domain])).status);
    }
    statuses.push((await createRole(sandbox, { name: 'tenth' })).status);
    statuses.push((await call(sandbox, 'users', '/v1/users', { headers: { 'response-id': 'none' } })).status);
    for (const domain of domains) statuses.push((await call(sandbox, domain, paths[domain])).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 200, 404, 429, 429, 429, 429]);
    clock.advance(1000);
    expect((await call(sandbox, 'policies', paths.policies)).status).toBe(200);
  });

  it('count the calls of one address together where they are told to', async () => {
    const sandbox = await openSandbox({
      subjects: 2,
      clock: createManualClock(),
      rateLimit: 1,
      rateLimitBy: 'address',
    });
    const token = await tokenOf(sandbox, 'customer');
    expect((await call(sandbox, 'identity', paths.identity)).status).toBe(200);
    expect((await call(sandbox, 'devices', paths.devices, { token })).status).toBe(429);
    sandbox.control.configure({ rateLimitBy: 'user' });
    expect((await call(sandbox, 'devices', paths.devices, { token })).status).toBe(200);
  });

  it('of fair use are one bucket over everything', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, fairUse: { burst: 2, backlog: 1 } });
    const statuses: number[] = [];
    for (const domain of domains) statuses.push((await call(sandbox, domain, paths[domain])).status);
    expect(statuses).toEqual([200, 200, 202, 503]);
  });
});

describe('the transcript', () => {
  it('has domain, method, path, query, poll, user, status, duration and rows', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 60, clock, faults: [{ delayMs: 250 }] });
    const answer = call(sandbox, 'devices', '/v1/devices?pageSize=7', { headers: { 'x-extra': 'y' } });
    await clock.run(answer);
    const token = sandbox.adminToken;
    expect(sandbox.transcript()).toMatchObject([
      {
        domain: 'devices',
        method: 'GET',
        path: '/v1/devices',
        query: { pageSize: '7' },
        user: 'administrator@sandbox.example',
        status: 200,
        durationMs: 250,
        rows: 7,
        fault: 'delay',
      },
    ]);
    expect(JSON.stringify(sandbox.transcript())).not.toContain(token);
  });
});
