import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, createSandbox, type Gateway, type Sandbox } from '../../src/index.ts';
import { hasRedis, runRedis, type RunningRedis, until } from '../support/redis-server.ts';
import { alice, bob, worldOf } from './world.ts';
import { addressesOf } from '../support/addresses-of.ts';

// Two gateways that share nothing but a real Redis, and a change through one of them.

const userOf = (uuid: string, displayName: string): object => ({
  uuid,
  displayName,
  primaryEmailAddress: `${displayName.toLowerCase()}@example.test`,
});

/** What is kept, each in a way of its own. */
const questions = {
  page: '{ subjects(first: 10) { nodes { reference roles { nodes { name } } } } }',
  'filtered page': '{ subjects(first: 10, filter: { roleName: "viewer" }) { nodes { reference } } }',
  lookup: `{ subject(reference: "${alice}") { roles { nodes { name scopes { nodes { uuid } } } } } }`,
  'lookup of several': `{ subjectsByReference(references: ["${alice}", "${bob}"]) { reference roles { nodes { name } } } }`,
  census: '{ census { assignmentCount roles(first: 10) { edges { node { name } holderCount } } } }',
  access: '{ scope(by: { customerUuid: "four" }) { access(first: 10) { edges { node { reference } } } } }',
  check: `{ checkAccess(subject: { reference: "${alice}" }, roleName: "viewer", at: { customerUuid: "four" }) { isAllowed } }`,
  names: '{ subjects(first: 10, filter: { roleName: "viewer" }) { nodes { displayName } } }',
} as const;
type Name = keyof typeof questions;
const names = Object.keys(questions) as Name[];

describe.skipIf(!hasRedis)('two replicas', () => {
  const gateways: Gateway[] = [];
  let redis: RunningRedis;
  let sandbox: Sandbox;

  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
    await redis.remove();
    await sandbox.close();
  });

  const open = async (count: number): Promise<void> => {
    const directory = { users: [userOf(alice, 'Alice'), userOf(bob, 'Bob')] };
    sandbox = await createSandbox({
      world: worldOf({ auditor: ['one'] }, { directory }),
      rateLimit: false,
      fairUse: false,
    });
    redis = await runRedis();
    for (let index = 0; index < count; index++) {
      gateways.push(
        createGateway({
          ...addressesOf(sandbox),
          redisUrl: redis.url,
          rateLimit: 1000,
          writes: true,
        }),
      );
    }
  };

  const ask = async (replica: number, query: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };
    const { data, errors } = (await gateways[replica]?.execute({ query, headers })) ?? {};
    expect(errors).toBeUndefined();
    return data;
  };

  const write = async (replica: number, kind: 'assign' | 'revoke'): Promise<void> => {
    const change = `{ subject: { reference: "${alice}", type: USER }, roleName: "viewer", at: { scopes: [{ customerUuid: "four" }] } }`;
    expect(
      await ask(replica, `mutation { change: ${kind}Roles(input: { changes: [${change}] }) { results { status } } }`),
    ).toEqual({
      change: { results: [{ status: 'CHANGED' }] },
    });
  };

  const callsOf = async (work: () => Promise<unknown>): Promise<number> => {
    sandbox.clearTranscript();
    await work();
    return sandbox.transcript().length;
  };

  it.each(names)('see what the other one has changed by the very next query: %s', async (name) => {
    await open(2);
    const query = questions[name];
    const before = await ask(1, query);
    // From the third time on the whole answer is kept.
    for (let again = 0; again < 3; again++) expect(await ask(1, query)).toEqual(before);
    expect(await callsOf(() => ask(1, query))).toBe(0);

    await write(0, 'assign');
    sandbox.clearTranscript();
    const after = await ask(1, query);
    expect(sandbox.transcript().length).toBeGreaterThan(0);
    expect(after).not.toEqual(before);
    // The one that made the change says the same.
    expect(await ask(0, query)).toEqual(after);

    for (let again = 0; again < 3; again++) expect(await ask(1, query)).toEqual(after);
    await write(0, 'revoke');
    expect(await ask(1, query)).toEqual(before);
  });

  it('see a role that the other one has deleted with all that everybody held of it', async () => {
    await open(2);
    await write(0, 'assign');
    for (let again = 0; again < 3; again++) await ask(1, questions.census);
    await ask(0, 'mutation { deleteRole(input: { name: "viewer", confirmHolders: 2 }) { deletedName } }');
    expect(JSON.stringify(await ask(1, questions.census))).not.toContain('viewer');
    expect(await ask(1, questions['filtered page'])).toEqual({ subjects: { nodes: [] } });
  });

  it.each(names)('do not keep what they read while upstream did not show it yet: %s', async (name) => {
    await open(2);
    const query = questions[name];
    const before = await ask(1, query);
    sandbox.control.configure({ visibleAfterMs: 400 });
    sandbox.clearTranscript();
    const changing = write(0, 'assign');
    // What was read before is stale by now, and the change was looked at for the first time.
    const isLookedAt = (): boolean => {
      const seen = sandbox.transcript().map(({ method }) => method);
      return seen.includes('POST') && seen.lastIndexOf('GET') > seen.indexOf('POST');
    };
    await until(async () => isLookedAt());
    // On a slow machine the last of these may see it.
    for (let again = 0; again < 3; again++) await ask(1, query);
    await changing;
    expect(await ask(1, query)).not.toEqual(before);
  });
});
