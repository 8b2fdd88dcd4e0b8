import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../src/index.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { logIn, runGateway, type RunningGateway } from '../support/running-gateway.ts';
import { namedWorld, uuidOf } from './named-world.ts';

interface NamedNode {
  readonly reference: string;
  readonly displayName: string | null;
  readonly resolution: string;
}

const page = /* GraphQL */ `
  query ($first: Int, $after: String) {
    subjects(first: $first, after: $after) {
      nodes {
        reference
        displayName
        resolution
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

interface SubjectsPage {
  readonly subjects: {
    readonly nodes: readonly NamedNode[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

describe('what names cost', () => {
  let running: RunningGateway | undefined;
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  const run = async (sandbox: SandboxOptions, settings: Record<string, unknown> = {}): Promise<RunningGateway> => {
    running = await runGateway({ sandbox, settings });
    return running;
  };

  /** Calls by endpoint since the last look. */
  const calls = ({ sandbox }: RunningGateway): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { path } of sandbox.transcript()) counts[path] = (counts[path] ?? 0) + 1;
    sandbox.clearTranscript();
    return counts;
  };

  const askPage = async (gateway: RunningGateway, variables: object): Promise<SubjectsPage> => {
    const { data, errors } = await gateway.ask<SubjectsPage, object>(page, variables);
    expect(errors).toBeUndefined();
    return data as SubjectsPage;
  };

  it('is three calls for a page of 50 users and devices, and none for the same again', async () => {
    const gateway = await run({ world: namedWorld({ users: 100, devices: 100 }) });
    const { subjects } = await askPage(gateway, { first: 50 });
    expect(subjects.nodes.map(({ resolution }) => resolution)).toEqual(Array.from({ length: 50 }, () => 'FOUND'));
    expect(subjects.nodes.slice(0, 2).map(({ displayName }) => displayName)).toEqual(['User 0', 'Device 0']);
    expect(calls(gateway)).toEqual({
      '/v2/role-assignments': 1,
      '/v1/users:batchGetUsers': 1,
      '/v1/devices:batchGet': 1,
    });
    await askPage(gateway, { first: 50 });
    await askPage(gateway, { first: 40 });
    expect(calls(gateway)).toEqual({});
  });

  it('is one call for users and four for devices at most with 1,000 subjects of 3,000', async () => {
    const services = Array.from({ length: 800 }, (_, index) => ({
      subjectReference: uuidOf('other', index),
      subjectType: 'SUBJECT_TYPE_SERVICE',
      roles: [],
    }));
    const gateway = await run({ world: namedWorld({ users: 1800, devices: 400, subjects: services }) });
    const { subjects } = await askPage(gateway, { first: 1000 });
    expect(subjects.nodes.every(({ resolution }) => resolution === 'FOUND')).toBe(true);
    expect(subjects.nodes.filter(({ displayName }) => displayName?.startsWith('User '))).toHaveLength(600);
    // All devices stand on the first page of their list: four batches would have brought the same.
    expect(calls(gateway)).toEqual({ '/v2/role-assignments': 1, '/v1/users:batchGetUsers': 1, '/v1/devices': 1 });
  });

  it('is at most ten calls for the users of 10,000 subjects in pages of 50, and 25 in all', async () => {
    const gateway = await run({ world: namedWorld({ users: 5000, others: 5000 }) });
    let after: string | null = null;
    let named = 0;
    do {
      const { subjects }: SubjectsPage = await askPage(gateway, { first: 50, after });
      named += subjects.nodes.filter(({ displayName }) => displayName !== null).length;
      after = subjects.pageInfo.hasNextPage ? subjects.pageInfo.endCursor : null;
    } while (after !== null);
    expect(named).toBe(5000);
    const { '/v2/role-assignments': subjects = 0, ...names } = calls(gateway);
    const users = Object.values(names).reduce((sum, count) => sum + count, 0);
    expect(users).toBeLessThanOrEqual(10);
    expect(subjects + users).toBeLessThanOrEqual(25);
  });

  it('is ten calls for all names of 10,000 users', async () => {
    const gateway = await run({ world: namedWorld({ users: 10_000 }) });
    let after: string | null = null;
    do {
      const { subjects }: SubjectsPage = await askPage(gateway, { first: 1000, after });
      expect(subjects.nodes.every(({ displayName }) => displayName !== null)).toBe(true);
      after = subjects.pageInfo.hasNextPage ? subjects.pageInfo.endCursor : null;
    } while (after !== null);
    const { '/v2/role-assignments': _subjects, ...names } = calls(gateway);
    expect(Object.values(names).reduce((sum, count) => sum + count, 0)).toBe(10);
  });

  it('is a few calls more where three of a thousand are unknown, and none the next time', async () => {
    const gateway = await run({ world: namedWorld({ users: 5000, missingUsers: [5, 500, 999] }) });
    const r = Array.from({ length: 1000 }, (_, index) => uuidOf('user', index));
    const ask = () =>
      gateway.ask<{ subjectsByReference: readonly NamedNode[] }, object>(
        'query ($r: [String!]!) { subjectsByReference(references: $r) { resolution } }',
        { r },
      );
    const { data } = await ask();
    expect(data?.subjectsByReference.filter(({ resolution }) => resolution === 'MISSING')).toHaveLength(3);
    const { '/v2/role-assignments': _subjects, ...names } = calls(gateway);
    expect(Object.values(names).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(61);
    await ask();
    expect(calls(gateway)).toEqual({});
  });

  it('is no more than twice the list where many are unknown and the list does not say how long it is', async () => {
    const isMissing = (index: number): boolean => index % 20 === 7;
    const devices = Array.from({ length: 2500 }, (_, index) => index)
      .filter((index) => !isMissing(index))
      .map((index) => ({ uuid: uuidOf('device', index), displayName: `Device ${index}` }));
    const gateway = await run({ world: namedWorld({ devices: 2500, directory: { devices } }) });
    const { subjects } = await askPage(gateway, { first: 124 });
    expect(subjects.nodes.map(({ resolution }) => resolution)).toEqual(
      Array.from({ length: 124 }, (_, index) => (isMissing(index) ? 'MISSING' : 'FOUND')),
    );
    const { '/v2/role-assignments': _subjects, ...names } = calls(gateway);
    // Two batches were tried first; three pages have them all; halving is one call ahead of reading at most.
    expect(Object.values(names).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2 + 3 + 4);
  });

  it('is the list where it costs fewer calls than batches, with those that are unknown', async () => {
    const isMissing = (index: number): boolean => index % 20 === 7;
    const devices = Array.from({ length: 2500 }, (_, index) => index)
      .filter((index) => !isMissing(index))
      .map((index) => ({ uuid: uuidOf('device', index), displayName: `Device ${index}` }));
    const gateway = await run({
      world: namedWorld({
        users: 1500,
        missingUsers: [5, 500, 1400],
        devices: 2500,
        directory: { devices },
      }),
    });
    const { data, errors } = await gateway.ask<{ census: { findings: { totalCount: number } } }, object>(
      '{ census { findings(kinds: [MISSING_SUBJECT]) { totalCount } } }',
      {},
    );
    expect(errors).toBeUndefined();
    expect(data?.census.findings.totalCount).toBe(125 + 3);
    // The list of users says how long it is and that of devices does not: neither costs a batch.
    expect(calls(gateway)).toEqual({ '/v2/role-assignments': 4, '/v1/users': 2, '/v1/devices': 3 });
  });

  it.each([
    ['with no-cache', {}, { 'cache-control': 'no-cache' }],
    ['where no names are kept', { namesTtlMs: 0 }, {}],
  ])(
    'is the list %s, where what is unknown could not be found in the calls that are left',
    async (_, settings, asking) => {
      const devices = Array.from({ length: 2500 }, (_each, index) => index)
        .filter((index) => index % 20 !== 7)
        .map((index) => ({ uuid: uuidOf('device', index), displayName: `Device ${index}` }));
      const gateway = await run({ world: namedWorld({ devices: 2500, directory: { devices } }) }, settings);
      const { data } = await gateway.ask<{ census: { findings: { totalCount: number } }; search: object }, object>(
        '{ census { findings(kinds: [MISSING_SUBJECT]) { totalCount } } search(text: "Device 24", kinds: [SUBJECT]) { totalCount gaps { source } } }',
        {},
        { authorization: `Bearer ${gateway.sandbox.adminToken}`, ...asking },
      );
      expect(data).toEqual({
        census: { findings: { totalCount: 125 } },
        // Device 24, 240 to 249 and 2400 to 2499, without those that are gone: 247 and five of the last hundred.
        search: { totalCount: 105, gaps: [] },
      });
      // One batch is refused, and tells that others are likely to be.
      expect(calls(gateway)).toMatchObject({ '/v1/devices': 3, '/v1/devices:batchGet': 1 });
    },
  );

  it('is batches, and one look at the list, where few are wanted of many', async () => {
    const all = Array.from({ length: 6000 }, (_, index) => ({
      uuid: uuidOf('device', index),
      displayName: `Device ${index}`,
    }));
    const gateway = await run({
      world: namedWorld({
        directory: { devices: all },
        subjects: Array.from({ length: 400 }, (_, index) => ({
          subjectReference: uuidOf('device', 15 * index + 3),
          subjectType: 'SUBJECT_TYPE_DEVICE',
          roles: [],
        })),
      }),
    });
    const { subjects } = await askPage(gateway, { first: 400 });
    expect(subjects.nodes.map(({ resolution }) => resolution)).toEqual(Array.from({ length: 400 }, () => 'FOUND'));
    // A sixth of them stood on the first page: five more would cost as much as the batches for the rest.
    expect(calls(gateway)).toEqual({ '/v2/role-assignments': 1, '/v1/devices': 1, '/v1/devices:batchGet': 4 });
  });

  it('is one call for a scope with its path and children, and one for the devices in it', async () => {
    const [all, office] = [uuidOf('group', 0), uuidOf('group', 1)];
    const gateway = await run({
      world: namedWorld({
        directory: {
          deviceGroups: [
            { uuid: all, displayName: 'All', isSecurityGroup: true },
            { uuid: office, displayName: 'Office', isSecurityGroup: true, parentGroupUuid: all },
          ],
          devices: [{ uuid: uuidOf('device', 0), displayName: 'Laptop', parentGroupUuid: office }],
        },
      }),
    });
    const { data } = await gateway.ask(
      /* GraphQL */ `
        query ($u: ID!) {
          scope(by: { assetGroupUuid: $u }) {
            displayName
            parent {
              displayName
            }
            children {
              totalCount
              nodes {
                kind
                displayName
              }
            }
          }
        }
      `,
      { u: office },
    );
    expect(data).toEqual({
      scope: {
        displayName: 'Office',
        parent: { displayName: 'All' },
        children: { totalCount: 1, nodes: [{ kind: 'DEVICE', displayName: 'Laptop' }] },
      },
    });
    // The name of the device is a batch of its own.
    expect(calls(gateway)).toEqual({
      '/v1/device_groups': 1,
      [`/v1/device_groups/${office}/devices`]: 1,
      '/v1/devices:batchGet': 1,
    });
  });

  it('is one call a minute where a domain is closed', async () => {
    const clock = createManualClock();
    running = await runGateway({
      sandbox: { clock },
      settings: { cacheTtlMs: 1000, namesTtlMs: 1000 },
      parts: { clock },
    });
    const gateway = running;
    const headers = { authorization: `Bearer ${await logIn(gateway.sandbox, 'no-users')}` };
    const ask = async (reference: string): Promise<string | undefined> => {
      const { data } = await gateway.ask<{ subject: NamedNode | null }, object>(
        'query ($r: String!) { subject(reference: $r, type: USER) { displayName resolution } }',
        { r: reference },
        headers,
      );
      return data?.subject?.resolution;
    };
    const { data } = await gateway.ask<SubjectsPage, object>(page, { first: 50 }, headers);
    const users = data?.subjects.nodes.filter(({ resolution }) => resolution === 'FORBIDDEN') ?? [];
    expect(users.length).toBeGreaterThan(10);
    const usersCalls = (): number => gateway.sandbox.transcript().filter(({ domain }) => domain === 'users').length;
    expect(usersCalls()).toBe(1);
    expect(await ask(users[0]?.reference ?? '')).toBe('FORBIDDEN');
    expect(await ask(users[1]?.reference ?? '')).toBe('FORBIDDEN');
    expect(usersCalls()).toBe(1);
    clock.advance(60_001);
    expect(await ask(users[2]?.reference ?? '')).toBe('FORBIDDEN');
    expect(usersCalls()).toBe(2);
  });

  it('is paid again once the names of an answer that was kept whole are too old, and not before', async () => {
    const clock = createManualClock();
    running = await runGateway({
      sandbox: { clock, world: namedWorld({ users: 40 }) },
      settings: { cacheTtlMs: 600_000, namesTtlMs: 10_000 },
      parts: { clock },
      // Outside of sandbox mode answers do not tell what they cost, so that they can be kept whole.
      isSandboxMode: false,
    });
    const gateway = running;
    await askPage(gateway, { first: 40 });
    await askPage(gateway, { first: 40 });
    await askPage(gateway, { first: 40 });
    expect(calls(gateway)).toEqual({ '/v2/role-assignments': 1, '/v1/users:batchGetUsers': 1 });
    clock.advance(9_000);
    await askPage(gateway, { first: 40 });
    expect(calls(gateway)).toEqual({});
    clock.advance(1_001);
    await askPage(gateway, { first: 40 });
    const { '/v2/role-assignments': subjects = 0, ...names } = calls(gateway);
    expect(subjects).toBe(0);
    expect(Object.values(names).reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('is nothing where no name is asked for', async () => {
    const gateway = await run({ subjects: 100 });
    await gateway.ask('{ subjects(first: 50) { nodes { reference roles { nodes { scopes { nodes { uuid } } } } } } }');
    expect(Object.keys(calls(gateway))).toEqual(['/v2/role-assignments']);
  });
});
