import { afterEach, expect, it } from 'vitest';
import { until } from '../support/redis-server.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';
import { alice, worldOf } from './world.ts';

// A gateway that renews its census by itself, and answers from the last one however old that is.

let gateway: RunningGateway;
afterEach(() => gateway.close());

const headers = { 'x-api-key': 'key-of-the-writer' };
const open = async (): Promise<void> => {
  gateway = await runGateway({
    sandbox: { world: worldOf({ auditor: ['one'] }) },
    settings: {
      auth: 'service',
      username: 'administrator@sandbox.example',
      password: 'sandbox-administrator',
      apiKeys: ['writer:key-of-the-writer'],
      writers: ['writer'],
      writes: true,
      censusEveryMs: 3_600_000,
    },
  });
};
const walks = (): number =>
  gateway.sandbox
    .transcript()
    .filter(({ path, query }) => path === '/v2/role-assignments' && !('subjectReference' in query)).length;
const holders = async (): Promise<number | undefined> => {
  const { data } = await gateway.ask<
    { census: { roles: { edges: { node: { name: string }; holderCount: number }[] } } },
    object
  >('{ census { roles(first: 10) { edges { node { name } holderCount } } } }', {}, headers);
  return data?.census.roles.edges.find(({ node }) => node.name === 'viewer')?.holderCount;
};
const assign = async (): Promise<void> => {
  const answer = await gateway.ask<object, object>(
    `mutation { assignRoles(input: { changes: [{ subject: { reference: "${alice}", type: USER }, roleName: "viewer", at: { scopes: [{ customerUuid: "four" }] } }] }) { results { status } } }`,
    {},
    headers,
  );
  expect(answer).toMatchObject({ data: { assignRoles: { results: [{ status: 'CHANGED' }] } } });
};

it('is not answered from after a change, though it is renewed much later', async () => {
  await open();
  await until(async () => walks() === 1);
  expect(await holders()).toBe(1);
  await assign();
  expect(await holders()).toBe(2);
});

it('is not answered from what was read while upstream did not show a change yet', async () => {
  await open();
  await until(async () => walks() === 1);
  gateway.sandbox.control.configure({ visibleAfterMs: 400 });
  gateway.sandbox.clearTranscript();
  const changing = assign();
  await until(async () =>
    gateway.sandbox.transcript().some(({ method, status }) => method === 'POST' && status === 200),
  );
  await holders();
  await changing;
  expect(await holders()).toBe(2);
});
