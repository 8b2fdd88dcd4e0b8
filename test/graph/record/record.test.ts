import '../../upstream/harness.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedCustomers } from '../../../src/sandbox/world/seed-subjects.ts';
import { logIn, type RunningGateway, runGateway } from '../../support/running-gateway.ts';

// Over a record in a directory, as a gateway by itself keeps one.

interface Change {
  readonly id: string;
  readonly kind: string;
  readonly subject: { readonly reference: string; readonly type: string };
  readonly roleName: string;
  readonly scope: { readonly uuid: string } | null;
  readonly seenAt: string;
  readonly notBefore: string;
}
interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean };
}

// Of the world that the sandbox makes up: a user with other roles, and a customer.
const alice = 'b2b4541d-2402-4b0a-8dbf-f9e6069d416b';
const customerUuid = seedCustomers[1];

const changeFields = 'id kind subject { reference type } roleName scope { uuid } seenAt notBefore';
const listed = `totalCount edges { cursor node { ${changeFields} } } nodes { ${changeFields} } pageInfo { hasNextPage hasPreviousPage }`;
const grant = `mutation ($input: RoleChangesInput!) { assignRoles(input: $input) { results { status problem { message } } } }`;
const revoke = grant.replace('assignRoles', 'revokeRoles');
const changeOf = (roleName: string) => ({
  input: { changes: [{ subject: { reference: alice, type: 'USER' }, roleName, at: { scopes: [{ customerUuid }] } }] },
});

describe('the record in the graph', () => {
  let gateway: RunningGateway;
  const folder = mkdtempSync(join(tmpdir(), 'record-graph-'));
  const record = async <Data>(selection: string): Promise<Data> => {
    const { data, errors } = await gateway.ask<{ record: Data }, object>(`{ record { ${selection} } }`);
    expect(errors).toBeUndefined();
    return data?.record as Data;
  };
  const recorded = async (count: number): Promise<void> => {
    await expect
      .poll(async () => (await record<{ changes: Page<Change> }>('changes { totalCount }'))?.changes.totalCount, {
        timeout: 30_000,
      })
      .toBe(count);
  };

  beforeAll(async () => {
    gateway = await runGateway({
      sandbox: { subjects: 20 },
      settings: { record: `file:${join(folder, 'record')}`, censusEveryMs: 100 },
    });
  }, 90_000);
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  it('begins with a census that is no change, and tells every one from then on to who listens', async () => {
    await expect.poll(() => record('since'), { timeout: 60_000 }).not.toBeNull();
    expect(await record('revisionCount changes { totalCount } ')).toEqual({
      revisionCount: 0,
      changes: { totalCount: 0 },
    });
    const client = createClient({
      url: `${gateway.url}/graphql`,
      headers: { authorization: `Bearer ${gateway.sandbox.adminToken}` },
      retryAttempts: 0,
    });
    const told = client.iterate<{ accessChanges: Change }>({
      query: `subscription { accessChanges(subject: { reference: "${alice}" }) { ${changeFields} } }`,
    });
    const first = told.next();
    // Nobody knows when it has begun but by what it tells.
    await expect
      .poll(async () => /rolescope_subscribers 1/.test(await numbers(gateway.url)), { timeout: 20_000 })
      .toBe(true);
    expect(await gateway.ask(grant, changeOf('auditor'))).toMatchObject({
      data: { assignRoles: { results: [{ status: 'CHANGED' }] } },
    });
    expect((await first).value?.data?.accessChanges).toMatchObject({
      kind: 'GRANTED',
      subject: { reference: alice, type: 'USER' },
      roleName: 'auditor',
      scope: { uuid: customerUuid },
    });
    await gateway.ask(revoke, changeOf('auditor'));
    expect((await told.next()).value?.data?.accessChanges).toMatchObject({ kind: 'REVOKED', roleName: 'auditor' });
    await told.return?.();
    client.dispose();
    await recorded(2);
  }, 60_000);

  it('lists changes newest first, by every argument, and pages through them both ways', async () => {
    await gateway.ask(grant, changeOf('security.viewer'));
    await recorded(3);
    const { changes } = await record<{ changes: Page<Change> }>(`changes { ${listed} }`);
    const [newest, , oldest] = changes.nodes as [Change, Change, Change];
    expect(changes.nodes.map(({ kind, roleName }) => `${kind} ${roleName}`)).toEqual([
      'GRANTED security.viewer',
      'REVOKED auditor',
      'GRANTED auditor',
    ]);
    for (const { seenAt, notBefore } of changes.nodes) expect(notBefore < seenAt).toBe(true);
    expect(new Set(changes.nodes.map(({ id }) => id)).size).toBe(3);
    const ask = async (args: string) =>
      (await record<{ changes: Page<Change> }>(`changes(${args}) { ${listed} }`)).changes;
    const rolesOf = async (args: string) => (await ask(args)).nodes.map(({ kind, roleName }) => `${kind} ${roleName}`);
    // From the first moment on, and before the second.
    expect(await rolesOf(`since: "${newest.seenAt}"`)).toEqual(['GRANTED security.viewer']);
    expect(await rolesOf(`until: "${newest.seenAt}"`)).toEqual(['REVOKED auditor', 'GRANTED auditor']);
    expect(await rolesOf(`until: "${oldest.seenAt}"`)).toEqual([]);
    expect(await rolesOf('kinds: [REVOKED]')).toEqual(['REVOKED auditor']);
    expect(await rolesOf('kinds: []')).toEqual([]);
    expect(await rolesOf('roleName: "security.viewer"')).toEqual(['GRANTED security.viewer']);
    expect(await rolesOf(`scope: { customerUuid: "${customerUuid}" }`)).toHaveLength(3);
    expect(await rolesOf(`scope: { siteUuid: "${customerUuid}" }`)).toEqual([]);
    expect(await rolesOf(`subject: { reference: "${alice}", type: DEVICE }`)).toEqual([]);
    const forwards = await ask('first: 2');
    expect(forwards.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false });
    const rest = await ask(`first: 2, after: "${forwards.edges[1]?.cursor}"`);
    expect(rest.nodes).toEqual([oldest]);
    expect(rest.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true });
    const backwards = await ask(`last: 2, before: "${rest.edges[0]?.cursor}"`);
    expect(backwards.nodes).toEqual(forwards.nodes);
  }, 60_000);

  it('refuses cursors of other lists and changed ones, and times before it begins', async () => {
    const { changes, since } = await record<{ changes: Page<Change>; since: string }>(
      `since changes(first: 1) { ${listed} }`,
    );
    const cursor = changes.edges[0]?.cursor ?? '';
    const codeOf = async (selection: string) => {
      const { data, errors } = await gateway.ask(`{ record { ${selection} } }`);
      expect(data).toEqual({ record: null });
      return errors?.[0]?.extensions.code;
    };
    expect(await codeOf(`changes(after: "${cursor}", kinds: [GRANTED]) { totalCount }`)).toBe('INVALID_CURSOR');
    expect(await codeOf(`changes(after: "${cursor.slice(0, -1)}") { totalCount }`)).toBe('INVALID_CURSOR');
    expect(await codeOf('changes(first: 1001) { totalCount }')).toBe('BAD_USER_INPUT');
    const before = new Date(Date.parse(since) - 1).toISOString();
    expect(await codeOf(`assignmentsAt(time: "${before}") { totalCount }`)).toBe('BAD_USER_INPUT');
  }, 60_000);

  it('knows what was held at a time', async () => {
    const { since, latest } = await record<{ since: string; latest: string }>('since latest');
    const { changes } = await record<{ changes: Page<Change> }>(`changes { ${listed} }`);
    const oldest = changes.nodes.at(-1) as Change;
    const rolesAt = async (time: string) =>
      (
        await record<{ assignmentsAt: Page<{ roleName: string; from: string; until: string | null }> }>(
          `assignmentsAt(time: "${time}", subject: { reference: "${alice}" }) { nodes { roleName from until subject { reference roles { nodes { name } } } } }`,
        )
      ).assignmentsAt.nodes.filter(({ roleName }) => roleName === 'auditor' || roleName === 'security.viewer');
    expect(await rolesAt(since)).toEqual([]);
    expect(await rolesAt(oldest.seenAt)).toMatchObject([
      // What it holds now is asked of upstream.
      {
        roleName: 'auditor',
        from: oldest.seenAt,
        until: changes.nodes[1]?.seenAt,
        subject: { roles: { nodes: expect.arrayContaining([{ name: 'security.viewer' }]) } },
      },
    ]);
    expect(await rolesAt(latest)).toMatchObject([{ roleName: 'security.viewer', until: null }]);
  }, 60_000);

  it('is the history of a subject and of a scope', async () => {
    const { data } = await gateway.ask<Record<string, { history: Page<Change> }>, object>(
      `{ subject(reference: "${alice}") { history { totalCount nodes { roleName } } }
         scope(by: { customerUuid: "${customerUuid}" }) { history(first: 1) { totalCount nodes { roleName } } } }`,
    );
    expect(data?.['subject']?.history).toMatchObject({
      totalCount: 3,
      nodes: [{ roleName: 'security.viewer' }, {}, {}],
    });
    expect(data?.['scope']?.history).toEqual({ totalCount: 3, nodes: [{ roleName: 'security.viewer' }] });
  });

  it('is not shown to who sees less upstream, nor to strangers', async () => {
    const authorization = `Bearer ${await logIn(gateway.sandbox, 'customer@')}`;
    const query = `{ record { since } scope(by: { customerUuid: "${customerUuid}" }) { history { totalCount } } }`;
    const nothing = { data: { record: null, scope: { history: null } } };
    expect(await gateway.ask(query, {}, { authorization })).toMatchObject(nothing);
    expect(await gateway.ask(query, {}, {})).toMatchObject(nothing);
  });
});

const numbers = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

describe('without a record', () => {
  it('there is none, no history, and a subscription says what to set', async () => {
    const gateway = await runGateway({ sandbox: { subjects: 3 } });
    try {
      const query = '{ record { since } scope(by: { customerUuid: "a" }) { history { totalCount } } }';
      expect(await gateway.ask(query)).toMatchObject({ data: { record: null, scope: { history: null } } });
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: {
          accept: 'text/event-stream',
          'content-type': 'application/json',
          authorization: `Bearer ${gateway.sandbox.adminToken}`,
        },
        body: JSON.stringify({ query: 'subscription { accessChanges { id } }' }),
      });
      const text = await response.text();
      expect(text).toContain('"code":"NOT_FOUND"');
      expect(text).toContain('ROLESCOPE_RECORD');
    } finally {
      await gateway.close();
    }
  });
});
