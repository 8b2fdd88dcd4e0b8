import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, execute, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPeopleAndDevices } from '../../examples/stitching/people-and-devices.ts';
import { stitch } from '../../examples/stitching/stitch.ts';
import { createGateway, createSandbox, type Gateway, type Sandbox } from '../../src/index.ts';
import { listSubjects, type ListedSubject, spread } from '../federation/supergraph.ts';

const rolesOfPeople = '{ people(first: 1000) { name subject { reference roles { nodes { name } } } } }';
const nobody = '00000000-0000-4000-8000-000000000000';

describe('a schema stitched through subjectsByReference', () => {
  let sandbox: Sandbox;
  let gateway: Gateway;
  let server: Server;
  const graph = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
  let url: string;
  let schema: GraphQLSchema;
  let users: readonly ListedSubject[];
  let requests = 0;

  beforeAll(async () => {
    sandbox = await createSandbox({ subjects: 3000, rateLimit: false });
    // Nothing is kept, so that every test sees what it costs by itself.
    gateway = createGateway({ upstreamUrl: sandbox.url, cacheTtlMs: 0, rateLimit: 1000 });
    server = createServer((request, response) => {
      requests++;
      gateway.handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const subjects = await listSubjects(sandbox);
    users = spread(
      subjects.filter(({ subjectType }) => subjectType === 'SUBJECT_TYPE_USER'),
      100,
    );
    const people = users.map(({ subjectReference }, index) => ({ uuid: subjectReference, name: `Person ${index}` }));
    const machines = subjects
      .filter(({ subjectType }) => subjectType === 'SUBJECT_TYPE_DEVICE')
      .slice(0, 10)
      .map(({ subjectReference }) => ({ uuid: subjectReference, hostname: subjectReference, ownerUuid: '' }));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    schema = stitch(createPeopleAndDevices([...people, { uuid: nobody, name: 'Nobody' }], machines), graph, url);
    sandbox.clearTranscript();
  });
  afterEach(() => {
    requests = 0;
    sandbox.control.setFaults([]);
    sandbox.clearTranscript();
  });
  afterAll(async () => {
    server?.close();
    server?.closeAllConnections();
    await gateway?.close();
    await sandbox?.close();
  });

  const ask = async (
    query: string,
    authorization: string = `Bearer ${sandbox.adminToken}`,
  ): Promise<ExecutionResult<Record<string, unknown>>> =>
    execute({ schema, document: parse(query), contextValue: { authorization } });

  it('asks the gateway once for a list of 100 users, and upstream at most three times', async () => {
    const { data, errors } = await ask(
      '{ people(first: 100) { name subject { reference roles { nodes { name } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      people: users.map(({ subjectReference, roles = [] }, index) => ({
        name: `Person ${index}`,
        subject: { reference: subjectReference, roles: { nodes: roles.map(({ roleName }) => ({ name: roleName })) } },
      })),
    });
    expect(requests).toBe(1);
    expect(sandbox.transcript().length).toBeLessThanOrEqual(3);
  });

  it('asks for more people than one field takes in one request, too', async () => {
    const many = stitch(
      createPeopleAndDevices(
        Array.from({ length: 1500 }, (_, index) => ({
          uuid: users[index]?.subjectReference ?? `nobody-${index}`,
          name: `Person ${index}`,
        })),
        [],
      ),
      graph,
      url,
    );
    const { data, errors } = await execute({
      schema: many,
      document: parse('{ people(first: 1500) { subject { reference } } }'),
      contextValue: { authorization: `Bearer ${sandbox.adminToken}` },
    });
    expect(errors).toBeUndefined();
    const { people } = data as unknown as { people: { subject: { reference: string } | null }[] };
    expect(people).toHaveLength(1500);
    expect(people.flatMap(({ subject }) => subject?.reference ?? [])).toEqual(
      users.map(({ subjectReference }) => subjectReference),
    );
    expect(requests).toBe(1);
    expect(sandbox.transcript().length).toBeLessThanOrEqual(3);
  });

  it('gives null for a person whom upstream does not know, and no error', async () => {
    const { data, errors } = await ask(rolesOfPeople);
    expect(errors).toBeUndefined();
    const people = (data as { people: { name: string; subject: object | null }[] }).people;
    expect(people.filter(({ subject }) => subject === null).map(({ name }) => name)).toEqual(['Nobody']);
    expect(requests).toBe(1);
  });

  it('asks the gateway once for who holds roles at ten devices', async () => {
    const { data, errors } = await ask(
      '{ machines(first: 10) { hostname scope { uuid subjects(first: 5, includeGlobal: true) { nodes { reference } } } } }',
    );
    expect(errors).toBeUndefined();
    const { machines } = data as {
      machines: { hostname: string; scope: { uuid: string; subjects: { nodes: object[] } } }[];
    };
    expect(machines.map(({ scope }) => scope.uuid)).toEqual(machines.map(({ hostname }) => hostname));
    expect(machines.every(({ scope }) => scope.subjects.nodes.length > 0)).toBe(true);
    expect(requests).toBe(1);
  });

  it('tells what scopes name, a licence subscription included', async () => {
    const { data, errors } = await ask(
      '{ scope(by: { subscriptionUuid: "licence" }) { kind target { __typename ... on ProductSubscription { uuid scope { uuid } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      scope: {
        kind: 'SUBSCRIPTION',
        target: { __typename: 'ProductSubscription', uuid: 'licence', scope: { uuid: 'licence' } },
      },
    });
    // The root of subscriptions, and not the licence, has that name.
    expect(Object.keys(schema.getSubscriptionType()?.getFields() ?? {})).toEqual(['accessChanges']);
  });

  it('still names the people where upstream refuses their roles, and says why', async () => {
    sandbox.control.setFaults([{ status: 403 }]);
    const { data, errors } = await ask(rolesOfPeople);
    const { people } = data as { people: { name: string; subject: null }[] };
    expect(people).toHaveLength(101);
    expect(people.every(({ name, subject }) => name !== '' && subject === null)).toBe(true);
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set(['FORBIDDEN']));
  });

  it('asks as its caller and as nobody else', async () => {
    const { errors } = await ask(rolesOfPeople, '');
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set(['UNAUTHENTICATED']));
    expect(sandbox.transcript()).toEqual([]);
  });
});
