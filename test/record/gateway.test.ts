import '../upstream/harness.ts';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../src/index.ts';
import type { RecordKeeper } from '../../src/record/create-record.ts';
import { hasPostgres } from '../support/postgres-server.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';
import { keep } from './support/databases.ts';
import { useServer } from './support/use-server.ts';

describe.skipIf(!hasPostgres)('a gateway that keeps a record', () => {
  const server = useServer();
  const { open } = server;

  const serve = async (record: string): Promise<RunningGateway> => {
    const gateway = await runGateway({ sandbox: { subjects: 300 }, settings: { record, censusEveryMs: 100 } });
    open.push(gateway);
    return gateway;
  };
  const look = (url: string): RecordKeeper => {
    const record = keep({ kind: 'server', url });
    open.push(record);
    return record;
  };
  const everything = { from: 'start', count: 1000 } as const;

  it('records what its censuses show, and what a mutation changes', async () => {
    const url = await server.postgres.createDatabase();
    const gateway = await serve(url);
    const record = look(url);
    await expect.poll(() => record.summary(), { timeout: 20_000 }).not.toBeNull();
    const { data } = await gateway.ask<{ census: { assignmentCount: number } }, object>(
      '{ census { assignmentCount } }',
    );
    const now = await record.assignmentsAt(Number.MAX_SAFE_INTEGER, {}, everything);
    expect(await now.total()).toBe(data?.census.assignmentCount);
    const held = now.items.find(({ scope }) => scope?.components.length === 1 && scope.kind === 'CUSTOMER');
    const { reference = '', rawType = '' } = held?.subject ?? {};
    const uuid = held?.scope?.uuid ?? '';
    const { data: written } = await gateway.ask<{ revokeRoles: { results: object[] } }, object>(
      'mutation ($input: RoleChangesInput!) { revokeRoles(input: $input) { results { status problem { message } } } }',
      {
        input: {
          changes: [
            {
              subject: { reference, type: rawType.replace('SUBJECT_TYPE_', '') },
              roleName: held?.roleName,
              at: { scopes: [{ customerUuid: uuid }] },
            },
          ],
        },
      },
    );
    expect(written?.revokeRoles.results).toEqual([{ status: 'CHANGED', problem: null }]);
    const scope = [{ field: 'customerUuid', uuid }];
    await expect
      .poll(async () => (await record.changes({ scope, roleName: held?.roleName ?? '' }, everything)).items, {
        timeout: 20_000,
      })
      .toMatchObject([{ kind: 'REVOKED', subject: { reference }, roleName: held?.roleName }]);
  }, 60_000);

  it('records no census that ends half-way, and the next whole one', async () => {
    const url = await server.postgres.createDatabase();
    // Two pages: the first is had, and the second is refused.
    const gateway = await runGateway({ sandbox: { subjects: 1200 }, settings: { record: url, censusEveryMs: 100 } });
    open.push(gateway);
    const record = look(url);
    await expect.poll(() => record.summary(), { timeout: 20_000 }).not.toBeNull();
    const { control } = gateway.sandbox;
    control.setFaults([{ query: 'pageToken', status: 403 }]);
    const met = () => control.faults()[0]?.met ?? 0;
    await expect.poll(met, { timeout: 20_000 }).toBeGreaterThan(0);
    // Whatever has a later time than this was begun while the second page was refused.
    const refusedMs = Date.now();
    const metBefore = met();
    // Several more have begun and ended.
    await expect.poll(met, { timeout: 20_000 }).toBeGreaterThan(metBefore + 2);
    expect((await record.summary())?.latestMs).toBeLessThan(refusedMs);
    control.setFaults([]);
    await expect.poll(async () => (await record.summary())?.latestMs, { timeout: 20_000 }).toBeGreaterThan(refusedMs);
    // Nothing has changed, and nobody was taken for gone.
    expect(await record.summary()).toMatchObject({ revisionCount: 0 });
    expect(await (await record.changes({}, everything)).total()).toBe(0);
  }, 60_000);

  it('answers everything else, and is ready, while the database is gone', async () => {
    const url = await server.postgres.createDatabase();
    server.postgres.stop();
    let gateway: RunningGateway;
    try {
      gateway = await serve(url);
      const { data } = await gateway.ask<{ census: { subjectCount: number } }, object>('{ census { subjectCount } }');
      expect(data?.census.subjectCount).toBe(300);
      const origin = new URL(gateway.url).origin;
      expect((await fetch(`${origin}/readyz`)).status).toBe(200);
      const numbers = await (await fetch(`${origin}/metrics`)).text();
      expect(numbers).toMatch(/^rolescope_record_reachable 0$/m);
      await expectNoRecord(gateway);
    } finally {
      server.postgres.start();
    }
    const record = look(url);
    await expect
      .poll(
        () =>
          record.summary().then(
            (summary) => summary?.revisionCount,
            () => undefined,
          ),
        { timeout: 20_000 },
      )
      .toBe(0);
    const numbers = await (await fetch(`${new URL(gateway.url).origin}/metrics`)).text();
    expect(numbers).toMatch(/^rolescope_record_writer 1$/m);
    expect(numbers).toMatch(/^rolescope_record_failures [1-9]\d*$/m);
    expect(numbers).toMatch(/^rolescope_record_last_census_seconds 1\d{9}/m);
    // And lost again, under way.
    await expect
      .poll(async () => (await gateway.ask('{ record { since } }')).errors, { timeout: 20_000 })
      .toBe(undefined);
    server.postgres.stop();
    try {
      await expectNoRecord(gateway);
      const lost = await (await fetch(`${new URL(gateway.url).origin}/metrics`)).text();
      expect(lost).toMatch(/^rolescope_record_reachable 0$/m);
    } finally {
      server.postgres.start();
    }
    await expect
      .poll(async () => (await gateway.ask<{ record: object | null }, object>('{ record { since } }')).data?.record, {
        timeout: 20_000,
      })
      .toEqual({ since: expect.any(String) as string });
  }, 90_000);
});

/** What needs the record is null with an error; everything beside it is answered. */
const expectNoRecord = async (gateway: RunningGateway): Promise<void> => {
  const { data, errors } = await gateway.ask<Record<string, unknown>, object>(
    `{ record { since } viewer { reference } subjects(first: 2) { nodes { reference history { totalCount } roles { totalCount } } } census { subjectCount } }`,
  );
  expect(data).toMatchObject({
    record: null,
    subjects: {
      nodes: [
        { history: null, roles: {} },
        { history: null, roles: {} },
      ],
    },
    census: { subjectCount: 300 },
  });
  expect(
    errors?.map(({ path }) => path?.join('.')).toSorted((one, other) => (one ?? '').localeCompare(other ?? '')),
  ).toEqual(['record', 'subjects.nodes.0.history', 'subjects.nodes.1.history']);
  expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
};

describe('ROLESCOPE_RECORD', () => {
  const service = {
    upstreamUrl: 'http://127.0.0.1:9',
    tokenUrl: 'http://127.0.0.1:9/oauth/token',
    auth: 'service',
    username: 'somebody',
    password: 'secret',
    apiKeys: ['one:secret'],
  } as const;

  it('stops the start where there is no one account to record', () => {
    expect(() => createGateway({ upstreamUrl: 'http://127.0.0.1:9', record: 'file:./nowhere' })).toThrow(
      'ROLESCOPE_RECORD needs ROLESCOPE_AUTH=service',
    );
  });

  it.each(['/somewhere', 'file://host/path', 'mysql://host/name', 'postgres//host'])(
    'stops the start where it is %s, and does not repeat what may hold a password',
    (record) => {
      expect(() => createGateway({ ...service, record })).toThrow(/^ROLESCOPE_RECORD must be a directory such as/);
      expect(() => createGateway({ ...service, record })).not.toThrow(record);
    },
  );

  it('stops the start where there are to be no censuses', () => {
    expect(() => createGateway({ ...service, record: 'file:./nowhere', maxCensusCalls: 0 })).toThrow(
      'ROLESCOPE_MAX_CENSUS_CALLS above 0',
    );
  });
});
