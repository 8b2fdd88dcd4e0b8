import '../upstream/harness.ts';
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../src/index.ts';
import { recordLesson } from '../../src/http/graphiql-tabs.ts';
import { blocksOf } from '../support/readme.ts';
import { hasPostgres } from '../support/postgres-server.ts';
import { logIn, type RunningGateway, runGateway } from '../support/running-gateway.ts';
import { alice, changeOf } from './support/role-change.ts';
import { useServer } from './support/use-server.ts';

const grant = 'mutation ($input: RoleChangesInput!) { assignRoles(input: $input) { results { status } } }';
const query = 'subscription { accessChanges { kind roleName subject { reference } } }';

interface Listening {
  /** All that has come. */
  readonly text: () => string;
  readonly end: () => void;
}

/** Opens a stream of changes, and waits until it is accepted. */
const listen = (url: string, authorization?: string): Promise<Listening & { readonly status: number | undefined }> =>
  new Promise((resolve, reject) => {
    let text = '';
    const asking = request(`${url}/graphql`, {
      method: 'POST',
      agent: false,
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...(authorization !== undefined && { authorization }),
      },
    });
    asking.once('error', reject);
    asking.once('response', (answer) => {
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('error', () => {});
      resolve({ status: answer.statusCode, text: () => text, end: () => asking.destroy() });
    });
    asking.end(JSON.stringify({ query }));
  });

describe.skipIf(!hasPostgres)('subscribers of a record that replicas share', () => {
  const server = useServer();
  const { open } = server;

  const numbers = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();
  const listeners = async (): Promise<number> =>
    (await server.postgres.query(`select from pg_stat_activity where query like 'listen %'`)).length;
  const begun = async (gateway: RunningGateway): Promise<void> => {
    await expect
      .poll(async () => (await gateway.ask<{ record: object | null }, object>('{ record { since } }')).data?.record, {
        timeout: 30_000,
      })
      .toBeTruthy();
  };
  const told = (roleName: string): string =>
    JSON.stringify({ data: { accessChanges: { kind: 'GRANTED', roleName, subject: { reference: alice } } } }).slice(
      0,
      -1,
    );

  it('are a thousand, all told from one session of the database and by no call of their own', async () => {
    const record = await server.postgres.createDatabase();
    const gateway = await runGateway({ sandbox: { subjects: 20 }, settings: { record, censusEveryMs: 300 } });
    open.push(gateway);
    await begun(gateway);
    const authorization = `Bearer ${gateway.sandbox.adminToken}`;
    const all: Listening[] = [];
    open.push({ close: () => all.forEach(({ end }) => end()) });
    for (let at = 0; at < 1000; at += 50) {
      all.push(...(await Promise.all(Array.from({ length: 50 }, () => listen(gateway.url, authorization)))));
    }
    await expect
      .poll(async () => /^rolescope_subscribers 1000$/m.test(await numbers(gateway.url)), { timeout: 20_000 })
      .toBe(true);
    await expect.poll(listeners).toBe(1);
    const refused = await listen(gateway.url, authorization);
    await expect.poll(refused.text).toContain('"code":"RATE_LIMITED"');
    refused.end();
    await gateway.ask(grant, changeOf('auditor'));
    await expect
      .poll(() => all.filter(({ text }) => text().includes(told('auditor'))).length, { timeout: 30_000 })
      .toBe(1000);
    // Each once.
    for (const { text } of all) {
      expect(text().split('event: next').length - 1).toBe(1);
      expect(text()).toContain('"upstream":{"calls":0,');
    }
    for (const { end } of all) end();
    await expect
      .poll(async () => /^rolescope_subscribers 0$/m.test(await numbers(gateway.url)), { timeout: 20_000 })
      .toBe(true);
    await expect.poll(listeners).toBe(0);
  }, 90_000);

  it('are told by every replica, whichever of them records', async () => {
    const record = await server.postgres.createDatabase();
    const first = await runGateway({ sandbox: { subjects: 20 }, settings: { record, censusEveryMs: 200 } });
    open.push(first);
    const { sandbox } = first;
    await begun(first);
    const second = createGateway({
      port: 0,
      upstreamUrl: sandbox.url,
      tokenUrl: sandbox.tokenUrl,
      rateLimit: 1000,
      sandboxToken: sandbox.adminToken,
      record,
      censusEveryMs: 200,
    });
    open.push(second);
    const { origin } = new URL(await second.listen());
    const authorization = `Bearer ${sandbox.adminToken}`;
    const both = [await listen(first.url, authorization), await listen(origin, authorization)];
    open.push({ close: () => both.forEach(({ end }) => end()) });
    await expect.poll(listeners).toBe(2);
    await first.ask(grant, changeOf('auditor'));
    for (const { text } of both) await expect.poll(text, { timeout: 20_000 }).toContain(told('auditor'));
    const writers = await Promise.all([first.url, origin].map(numbers));
    expect(writers.filter((text) => /^rolescope_record_writer 1$/m.test(text))).toHaveLength(1);
    // Whoever recorded is gone: the other one goes on, and tells.
    await first.drain();
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: grant, variables: changeOf('security.viewer') }),
    });
    expect(await response.json()).toMatchObject({ data: { assignRoles: { results: [{ status: 'CHANGED' }] } } });
    await expect.poll(() => both[1]?.text(), { timeout: 20_000 }).toContain(told('security.viewer'));
    expect(await numbers(origin)).toMatch(/^rolescope_record_writer 1$/m);
  }, 90_000);

  it('can be a terminal, as the README shows it, and GraphiQL has a lesson', async () => {
    const record = await server.postgres.createDatabase();
    const gateway = await runGateway({ sandbox: { subjects: 20 }, settings: { record, censusEveryMs: 200 } });
    open.push(gateway);
    await begun(gateway);
    const script = blocksOf('README.md').find(({ text }) => text.includes('curl -sN'))?.text ?? '';
    const here = script.trim().replaceAll('http://127.0.0.1:4000', gateway.url);
    const child = spawn('bash', ['-c', `exec ${here}`], {
      env: { PATH: process.env['PATH'], TOKEN: gateway.sandbox.adminToken },
    });
    open.push({ close: () => void child.kill() });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await expect.poll(listeners, { timeout: 20_000 }).toBe(1);
    await gateway.ask(grant, changeOf('auditor'));
    await expect
      .poll(() => text, { timeout: 20_000 })
      .toMatch(/^event: next\ndata: {"data":{"accessChanges":{"kind":"GRANTED","roleName":"auditor","subject":{/m);
    const { data, errors } = await gateway.ask(recordLesson.query);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      record: { changes: { totalCount: 1, nodes: [{ kind: 'GRANTED', subject: { reference: alice } }] } },
    });
    const page = await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('query WhatChanged');
  }, 60_000);

  it('are told nothing where they see less upstream, or are unknown', async () => {
    const record = await server.postgres.createDatabase();
    const gateway = await runGateway({ sandbox: { subjects: 20 }, settings: { record, censusEveryMs: 200 } });
    open.push(gateway);
    await begun(gateway);
    const narrow = await listen(gateway.url, `Bearer ${await logIn(gateway.sandbox, 'customer@')}`);
    const unknown = await listen(gateway.url);
    await expect.poll(narrow.text).toContain('"code":"NOT_FOUND"');
    await expect.poll(() => unknown.status === 401 || unknown.text().includes('"code":"UNAUTHENTICATED"')).toBe(true);
    for (const { text, end } of [narrow, unknown]) {
      expect(text()).not.toContain('accessChanges":{');
      end();
    }
    expect(await numbers(gateway.url)).toMatch(/^rolescope_subscribers 0$/m);
  }, 60_000);

  it('are all callers of a gateway in service mode, and nobody else', async () => {
    const record = await server.postgres.createDatabase();
    const gateway = await runGateway({
      sandbox: { subjects: 20 },
      isSandboxMode: false,
      onSandbox: ({ users }) => (admin = { name: users[0]?.name ?? '', password: users[0]?.password ?? '' }),
      get settings() {
        return {
          record,
          censusEveryMs: 200,
          auth: 'service' as const,
          username: admin.name,
          password: admin.password,
          apiKeys: ['one:key-of-the-one', 'other:key-of-the-other'],
        };
      },
    });
    open.push(gateway);
    const see = (authorization?: string) =>
      gateway.ask<{ record: { since: string } | null }, object>(
        '{ record { since } }',
        {},
        authorization === undefined ? {} : { authorization },
      );
    await expect
      .poll(async () => (await see('Bearer key-of-the-one')).data?.record?.since, { timeout: 30_000 })
      .toBeTruthy();
    expect(await see('Bearer key-of-the-other')).toMatchObject({
      data: { record: { since: expect.any(String) as string } },
    });
    for (const authorization of ['Bearer key-of-nobody', undefined]) {
      const { data, errors } = await see(authorization);
      expect(data?.record ?? null).toBeNull();
      expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    }
  }, 60_000);
});

let admin = { name: '', password: '' };
