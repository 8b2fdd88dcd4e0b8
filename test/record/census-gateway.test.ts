import '../upstream/harness.ts';
import { describe, expect, it } from 'vitest';
import { hasPostgres } from '../support/postgres-server.ts';
import { type RunningGateway, type RunningGatewayOptions, runGateway } from '../support/running-gateway.ts';
import { keep } from './support/databases.ts';
import { useServer } from './support/use-server.ts';

interface Counts {
  readonly census: {
    readonly subjectCount: number;
    readonly assignmentCount: number;
    readonly roles: { readonly totalCount: number };
    readonly scopes: { readonly totalCount: number; readonly nodes: readonly { readonly id: string }[] };
    readonly matrix: { readonly cells: readonly (readonly number[])[] };
  } | null;
}

const query = `{ census { subjectCount assignmentCount roles { totalCount edges { cursor holderCount globalHolderCount scopeCount node { id } } }
  scopes { totalCount nodes { id } edges { cursor holderCount roleCount } } matrix { cells everywhere } } }`;

/** Without cursors: these tell the time of their census, which is another where one has been recorded meanwhile. */
const plain = (data: Counts | undefined): unknown =>
  JSON.parse(JSON.stringify(data, (key, value: unknown) => (key === 'cursor' ? undefined : value)));

describe.skipIf(!hasPostgres)('a gateway whose memory has no room for the account', () => {
  const server = useServer();
  const { open } = server;

  const serve = async (
    settings: NonNullable<RunningGatewayOptions['settings']>,
    faults: NonNullable<RunningGatewayOptions['sandbox']>['faults'] = [],
  ): Promise<RunningGateway> => {
    const gateway = await runGateway({ sandbox: { subjects: 3000, faults }, settings });
    open.push(gateway);
    return gateway;
  };

  it('answers from what another has recorded, and refuses what only memory can tell', async () => {
    const url = await server.postgres.createDatabase();
    const large = await serve({ record: url });
    const record = keep({ kind: 'server', url });
    open.push(record);
    await expect.poll(() => record.summary(), { timeout: 20_000 }).not.toBeNull();
    const small = await serve({ record: url, maxCensusCalls: 1 });
    const [expected, answered] = [await large.ask<Counts, object>(query), await small.ask<Counts, object>(query)];
    expect(answered.errors).toBeUndefined();
    expect(expected.data?.census?.subjectCount).toBe(3000);
    expect(plain(answered.data)).toEqual(plain(expected.data));
    const refused = await small.ask<object, object>('{ census { findings { totalCount } } }');
    expect(refused.errors?.[0]).toMatchObject({ extensions: { code: 'CALL_BUDGET_EXCEEDED' } });
    expect(refused.errors?.[0]?.message).toContain('does not tell findings');
    const nested = await small.ask<object, object>('{ census(includeNestedScopes: true) { subjectCount } }');
    expect(nested.errors?.[0]?.message).toContain('ROLESCOPE_MAX_CENSUS_CALLS');
    // Nothing was walked for it.
    expect(small.upstreamQueries().every((asked) => !asked['pageToken'])).toBe(true);
  }, 60_000);

  it('refuses as without a record where nothing is recorded yet', async () => {
    const small = await serve({ record: await server.postgres.createDatabase(), maxCensusCalls: 1 });
    const { errors } = await small.ask<Counts, object>(query);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'CALL_BUDGET_EXCEEDED' } });
    expect(errors?.[0]?.message).toContain('ROLESCOPE_MAX_CENSUS_CALLS');
  }, 60_000);

  it('records the account page by page, asks again for a page that fails, and answers from what it recorded', async () => {
    const url = await server.postgres.createDatabase();
    // Memory is full with the first page, so that it is the walk for the record that meets the fault.
    const fault = { path: '/v2/role-assignments', query: 'pageToken', count: 1, form: 'malformed' } as const;
    const small = await serve({ record: url, cacheMaxBytes: 100_000 }, [fault]);
    const record = keep({ kind: 'server', url });
    open.push(record);
    await expect.poll(() => record.summary(), { timeout: 20_000 }).not.toBeNull();
    const large = await serve({});
    const [expected, answered] = [await large.ask<Counts, object>(query), await small.ask<Counts, object>(query)];
    expect(plain(answered.data)).toEqual(plain(expected.data));
    const pages = small.upstreamQueries().filter(({ pageSize }) => pageSize === '1000');
    // One that filled memory; three, of which one was asked for twice; and none for the question.
    expect(pages.slice(0, 5).map(({ pageToken }) => pageToken === undefined)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(await (await record.assignmentsAt(Number.MAX_SAFE_INTEGER, {}, { from: 'start', count: 1 })).total()).toBe(
      expected.data?.census?.assignmentCount,
    );
  }, 60_000);
});
