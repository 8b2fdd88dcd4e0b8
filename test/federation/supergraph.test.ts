import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Machine, Person } from '../../examples/federation/people-and-devices.ts';
import {
  type ListedSubject,
  type RunningSupergraph,
  runSupergraph,
  spread,
  startApolloGateway,
  startHiveGateway,
  type SupergraphGateway,
} from './supergraph.ts';

const gateways = [
  ['Apollo Gateway', startApolloGateway],
  ['Hive Gateway', startHiveGateway],
] as const;

const rolesOfPeople = '{ people { name subject { roles { nodes { name scopes { nodes { kind uuid } } } } } } }';
const nobody = '00000000-0000-4000-8000-000000000000';
const peopleCount = 200;

/** People from all over the list, one whom upstream does not know, and a machine for each of the first. */
const choosePeopleAndMachines = (subjects: readonly ListedSubject[]) => {
  const users = subjects.filter(({ subjectType }) => subjectType === 'SUBJECT_TYPE_USER');
  const devices = subjects.filter(({ subjectType }) => subjectType === 'SUBJECT_TYPE_DEVICE');
  const people: Person[] = spread(users, peopleCount - 1).map(({ subjectReference }, index) => ({
    uuid: subjectReference,
    name: `Person ${index}`,
  }));
  const machines: Machine[] = devices.slice(0, 5).map(({ subjectReference }, index) => ({
    uuid: subjectReference,
    hostname: `machine-${index}`,
    ownerUuid: people[index]?.uuid ?? '',
  }));
  return { people: [...people, { uuid: nobody, name: 'Nobody' }], machines };
};

/** What the graph must say of the roles of a listed subject. */
const rolesOf = ({ roles = [] }: ListedSubject) => ({
  roles: {
    nodes: roles.map(({ roleName, scopes = [] }) => ({
      name: roleName,
      scopes: { nodes: scopes.map((scope) => expect.objectContaining({ uuid: narrowest(scope) }) as object) },
    })),
  },
});

const narrowest = (scope: Readonly<Record<string, string>>): string | undefined =>
  ['deviceUuid', 'userUuid', 'policyUuid', 'subscriptionUuid', 'assetGroupUuid', 'siteUuid', 'customerUuid']
    .concat('tenantUuid', 'mspUuid')
    .map((field) => scope[field])
    .find((uuid) => uuid !== undefined);

describe.each(gateways)('a supergraph behind %s', (_name, start) => {
  let supergraph: RunningSupergraph;
  let gateway: SupergraphGateway;
  let authorization: string;
  let subjectBy: Map<string, ListedSubject>;
  let people: readonly Person[];
  let machines: readonly Machine[];

  beforeAll(async () => {
    // Nothing is kept, so that every test sees what it costs by itself.
    supergraph = await runSupergraph({
      sandbox: { subjects: 3000 },
      settings: { cacheTtlMs: 0, subgraphKey: 'known only to the gateways' },
      choose: choosePeopleAndMachines,
    });
    ({ people, machines } = choosePeopleAndMachines(supergraph.subjects));
    subjectBy = new Map(supergraph.subjects.map((subject) => [subject.subjectReference, subject]));
    gateway = await start(supergraph.supergraphSdl, { 'x-subgraph-key': 'known only to the gateways' });
    authorization = `Bearer ${supergraph.rolescope.sandbox.adminToken}`;
  });
  afterEach(() => {
    supergraph.rolescope.sandbox.control.setFaults([]);
    supergraph.rolescope.sandbox.clearTranscript();
  });
  afterAll(async () => {
    await gateway?.close();
    await supergraph?.close();
  });

  it('gives the roles of 200 people of 3,000 subjects for at most 3 upstream calls', async () => {
    const { data, errors } = await gateway.ask(rolesOfPeople, { authorization });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      people: people.map(({ uuid, name }) => {
        const subject = subjectBy.get(uuid);
        return { name, subject: subject === undefined ? null : rolesOf(subject) };
      }),
    });
    expect(people).toHaveLength(peopleCount);
    expect(supergraph.rolescope.upstreamQueries().length).toBeLessThanOrEqual(3);
  });

  it('tells who holds roles at a device of the other subgraph, and what they are called there', async () => {
    const { data, errors } = await gateway.ask(
      `{ devices(first: 5) { nodes { hostname scope { kind subjects(first: 3, includeGlobal: true) {
         edges { roles { name } node { principal { ... on User { name uuid } } reference } } } } } } }`,
      { authorization },
    );
    expect(errors).toBeUndefined();
    const { nodes } = (data as { devices: { nodes: DeviceAnswer[] } }).devices;
    expect(nodes.map(({ hostname }) => hostname)).toEqual(machines.map(({ hostname }) => hostname));
    const holders = nodes.flatMap(({ scope }) => scope.subjects?.edges ?? []);
    expect(holders.length).toBeGreaterThan(0);
    for (const { node, roles } of holders) {
      const held = subjectBy.get(node.reference)?.roles?.map(({ roleName }) => roleName);
      expect(held).toEqual(expect.arrayContaining(roles.map(({ name }) => name)));
    }
  });

  it('goes from a subject to the person that it is', async () => {
    const known = people[3] as Person;
    const { data, errors } = await gateway.ask(
      `{ subject(reference: "${known.uuid}") { principal { ... on User { name devices { hostname } } } } }`,
      { authorization },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ subject: { principal: { name: known.name, devices: [{ hostname: 'machine-3' }] } } });
  });

  it('still names the people where upstream refuses their roles', async () => {
    supergraph.rolescope.sandbox.control.setFaults([{ status: 403 }]);
    const { data, errors } = await gateway.ask(rolesOfPeople, { authorization });
    expect(data).toEqual({ people: people.map(({ name }) => ({ name, subject: null })) });
    expect(errors).toHaveLength(peopleCount);
    expect(new Set(errors?.map(({ extensions }) => extensions?.['code']))).toEqual(new Set(['FORBIDDEN']));
  });

  it('asks upstream as the caller and as nobody else', async () => {
    const { data, errors } = await gateway.ask(rolesOfPeople);
    expect(data).toEqual({ people: people.map(({ name }) => ({ name, subject: null })) });
    expect(new Set(errors?.map(({ extensions }) => extensions?.['code']))).toEqual(new Set(['UNAUTHENTICATED']));
    expect(supergraph.rolescope.upstreamQueries()).toEqual([]);
  });
});

interface DeviceAnswer {
  readonly hostname: string;
  readonly scope: {
    readonly subjects: {
      readonly edges: readonly { readonly node: { reference: string }; readonly roles: readonly { name: string }[] }[];
    } | null;
  };
}
