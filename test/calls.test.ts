import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from './support/manual-clock.ts';
import {
  type Answer,
  logIn,
  type RunningGateway,
  type RunningGatewayOptions,
  runGateway,
} from './support/running-gateway.ts';

// Each case asks a gateway over a real sandbox, and counts what upstream saw.

let gateway: RunningGateway;

afterEach(() => gateway.close());

const open = async (subjects: number, options: RunningGatewayOptions = {}) => {
  gateway = await runGateway({ ...options, sandbox: { subjects, ...options.sandbox } });
};

/** References of the world, in upstream's order, read past the gateway. */
const readReferences = async (count: number): Promise<string[]> => {
  const references: string[] = [];
  for (let token = ''; references.length < count;) {
    const url = `${gateway.sandbox.url}/v2/role-assignments?pageSize=1000&pageToken=${token}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${gateway.sandbox.adminToken}` } });
    const page = (await response.json()) as {
      assignments: { subjectReference: string }[];
      nextPageToken?: string;
    };
    references.push(...page.assignments.map(({ subjectReference }) => subjectReference));
    token = page.nextPageToken ?? '';
    if (token === '') break;
  }
  gateway.sandbox.clearTranscript();
  return references.slice(0, count);
};

const byReference = `query ($references: [String!]!) {
  subjectsByReference(references: $references) { reference roles { nodes { name } } }
}`;

interface ByReference {
  subjectsByReference: ({ reference: string } | null)[];
}

const askFor = async (references: readonly string[]) => {
  const answer = await gateway.ask<ByReference, object>(byReference, { references });
  expect(answer.errors).toBeUndefined();
  expect(answer.data?.subjectsByReference.map((subject) => subject?.reference)).toEqual(references);
};

const every = (step: number, references: readonly string[]) => references.filter((_, index) => index % step === 0);

describe('lookups', () => {
  it('reads 1,000 distinct subjects of 3,000 in 3 calls', async () => {
    await open(3000);
    const references = await readReferences(3000);
    await askFor(every(3, references));
    expect(gateway.upstreamQueries()).toHaveLength(3);
  });

  it('reads them in 3 calls with the cache off, too', async () => {
    await open(3000, { settings: { cacheTtlMs: 0 } });
    const references = await readReferences(3000);
    await askFor(every(3, references));
    expect(gateway.upstreamQueries()).toHaveLength(3);
  });

  it('reads 2 distinct subjects of 100,000 in 2 calls', async () => {
    await open(100_000);
    const references = await readReferences(5000);
    await askFor([references[4999] as string, references[2500] as string]);
    expect(gateway.upstreamQueries().map(({ subjectReference }) => subjectReference)).toEqual([
      references[4999],
      references[2500],
    ]);
  });
});

it('shares pages between the lists and the lookups of one operation', async () => {
  await open(3000);
  const references = await readReferences(3000);
  const mixed = `query ($references: [String!]!) {
    holders: role(name: "auditor") { subjects(first: 1000) { nodes { reference } } }
    devices: subjects(first: 1000, filter: { type: DEVICE }) { nodes { reference } }
    people: subjectsByReference(references: $references) { reference }
  }`;
  const answer = await gateway.ask(mixed, { references: every(5, references) });
  expect(answer.errors).toBeUndefined();
  expect(gateway.upstreamQueries()).toHaveLength(3);
});

const pageOf50 = `query ($after: String) {
  subjects(first: 50, after: $after) { nodes { reference } pageInfo { hasNextPage endCursor } totalCount }
}`;

interface PageOf50 {
  subjects: {
    nodes: { reference: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
    totalCount: number;
  };
}

describe('lists', () => {
  it('reads 10,000 subjects in pages of 50 in at most 25 calls', async () => {
    await open(10_000);
    const references = await readReferences(10_000);
    const read: string[] = [];
    for (let after: string | null = null; ;) {
      const answer: Answer<PageOf50> = await gateway.ask<PageOf50, object>(pageOf50, { after });
      expect(answer.errors).toBeUndefined();
      const { nodes, pageInfo }: PageOf50['subjects'] = (answer.data as PageOf50).subjects;
      read.push(...nodes.map(({ reference }) => reference));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(read).toEqual(references);
    expect(gateway.upstreamQueries().length).toBeLessThanOrEqual(25);
  });

  it.each([
    ['on', {}],
    ['off', { cacheMaxBytes: 0 }],
  ])('makes one call of 32 equal queries at the same time with the cache %s', async (_, settings) => {
    const clock = createManualClock();
    await open(2000, { settings, sandbox: { clock, faults: [{ delayMs: 200 }] } });
    const answers = await clock.run(
      Promise.all(Array.from({ length: 32 }, () => gateway.ask<PageOf50, object>(pageOf50))),
    );
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(answers[0]?.data?.subjects.totalCount).toBe(2000);
    expect(gateway.upstreamQueries()).toHaveLength(1);
  });

  it('answers the same query again without a call while it is fresh', async () => {
    await open(2000);
    const first = await gateway.ask<PageOf50, object>(pageOf50);
    const second = await gateway.ask<PageOf50, object>(pageOf50);
    expect(second.data).toEqual(first.data);
    expect(second.extensions?.upstream).toMatchObject({ calls: 0, fromCache: 1 });
    expect(gateway.upstreamQueries()).toHaveLength(1);
  });

  it('asks again where the client wants no answer that was kept', async () => {
    await open(2000);
    const headers = { authorization: `Bearer ${gateway.sandbox.adminToken}`, 'cache-control': 'no-cache' };
    await gateway.ask(pageOf50, {});
    await gateway.ask(pageOf50, {}, headers);
    await gateway.ask(pageOf50, {});
    expect(gateway.upstreamQueries()).toHaveLength(2);
  });
});

interface Listed {
  subjects: { nodes: { reference: string }[]; totalCount: number | null };
}

describe('after a complete walk', () => {
  const walk = async () => {
    const everyone = `{ subjects(first: 1, filter: { roleName: "nobody holds this" }) { nodes { reference } totalCount } }`;
    const { data } = await gateway.ask<Listed, object>(everyone);
    expect(data?.subjects).toEqual({ nodes: [], totalCount: 0 });
    expect(gateway.upstreamQueries()).toHaveLength(3);
  };

  it.each([
    [
      'a list',
      '{ a: subjects(first: 1000) { nodes { reference } totalCount } b: subjects(last: 20) { nodes { reference } } }',
    ],
    ['a type', '{ subjects(first: 5, filter: { type: DEVICE }) { nodes { reference } totalCount } }'],
    ['a role', '{ role(name: "auditor") { subjects(first: 5) { edges { roles { name } } totalCount } } }'],
    [
      'a scope',
      '{ scope(by: { mspUuid: "87c5fe12-4ca2-4b93-b19d-b2d2d1cd3eea" }) { subjects(first: 5, includeGlobal: true) { nodes { reference } totalCount } } }',
    ],
    ['a lookup', '{ subject(reference: "286f5456-a0ac-4e8a-8508-5c2224b47ae6") { reference } }'],
    ['a lookup of nobody', '{ subject(reference: "nobody") { reference } }'],
    [
      'a list of one',
      '{ subjects(filter: { reference: "286f5456-a0ac-4e8a-8508-5c2224b47ae6" }) { nodes { reference } totalCount } }',
    ],
    [
      'lookups',
      '{ subjectsByReference(references: ["nobody", "286f5456-a0ac-4e8a-8508-5c2224b47ae6"]) { reference } }',
    ],
  ])('answers %s without a call, as it would be answered with one', async (_, query) => {
    await open(3000);
    await walk();
    const fromPages = await gateway.ask(query);
    expect(fromPages.errors).toBeUndefined();
    expect(gateway.upstreamQueries()).toEqual([]);
    const headers = { authorization: `Bearer ${gateway.sandbox.adminToken}`, 'cache-control': 'no-cache' };
    const fromUpstream = await gateway.ask(query, {}, headers);
    expect(gateway.upstreamQueries().length).toBeGreaterThan(0);
    expect(JSON.stringify(fromUpstream.data)).toBe(JSON.stringify(fromPages.data));
  });

  it('counts exactly what a filter finds', async () => {
    await open(3000);
    const count = async () => {
      const { data } = await gateway.ask<Listed, object>(
        '{ subjects(first: 1, filter: { type: DEVICE }) { nodes { reference } totalCount } }',
      );
      return data?.subjects.totalCount;
    };
    const counted = await count();
    expect(gateway.upstreamQueries()).toHaveLength(3);
    const { data } = await gateway.ask<Listed, object>(
      '{ subjects(first: 1000, filter: { type: DEVICE }) { nodes { reference } totalCount } }',
    );
    expect(data?.subjects.nodes.length).toBeGreaterThan(10);
    expect(data?.subjects.nodes.length).toBeLessThan(1000);
    expect(data?.subjects).toMatchObject({ totalCount: counted, nodes: { length: counted } });
    expect(await count()).toBe(counted);
    expect(gateway.upstreamQueries()).toEqual([]);
  });
});

it('never answers one caller with what another was told', async () => {
  await open(3000);
  const everything = '{ subjects(first: 1000) { nodes { reference } totalCount } }';
  const asAdmin = await gateway.ask<Listed, object>(everything);
  const token = await logIn(gateway.sandbox, 'customer');
  gateway.sandbox.clearTranscript();
  const asCustomer = await gateway.ask<Listed, object>(everything, {}, { authorization: `Bearer ${token}` });
  expect(gateway.upstreamQueries()).toHaveLength(1);
  expect(asCustomer.data?.subjects.totalCount).toBeLessThan(asAdmin.data?.subjects.totalCount as number);
});
