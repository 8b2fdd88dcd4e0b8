import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Kind, parse, print, specifiedRules } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wallClock } from '../../src/sandbox/core/clock.ts';
import { createSchema } from '../../src/graph/schema.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { GatewayError } from '../../src/model/errors.ts';
import type { Caller } from '../../src/model/operation.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createDirectAnswers } from '../../src/http/direct-answers.ts';
import type { IdentifyCaller } from '../../src/operations/pipeline.ts';
import { createKnownQueries } from '../../src/operations/documents/document-cache.ts';
import { createLimits } from '../../src/operations/documents/limits.ts';
import { createOperations } from '../../src/operations/operations.ts';
import { readBody } from '../../src/http/body.ts';
import { documentBounds } from '../../src/operations/documents/document-limits.ts';
import { configOf } from '../../src/settings/read.ts';
import { logIn, type RunningGateway, runGateway } from '../support/running-gateway.ts';

const alice = '286f5456-a0ac-4e8a-8508-5c2224b47ae6';
const customer = '30bd93aa-c0ef-4fcf-a73f-ce80610bd161';

interface Exchange {
  readonly title: string;
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly headers?: Record<string, string>;
}

const shared = readFileSync(new URL('../operations/subjects.graphql', import.meta.url), 'utf8');
const operation = (name: string, variables: object): Exchange => {
  const definition = parse(shared).definitions.find(
    (known) => known.kind === Kind.OPERATION_DEFINITION && known.name?.value === name,
  );
  if (definition === undefined) throw new Error(`there is no operation ${name}`);
  return { title: `${name} ${JSON.stringify(variables)}`, query: print(definition), variables };
};

const conditions = `query C($a: Boolean!, $b: Boolean! = true) {
  subjects(first: 2) {
    totalCount @include(if: $a)
    ...Page @skip(if: $b)
    nodes { reference @skip(if: $a) ...Who @include(if: $b) ... on Subject @include(if: $a) { type } __typename }
  }
}
fragment Page on SubjectConnection { pageInfo { hasNextPage } nodes { rawType } }
fragment Who on Node { id ... on Subject { all: roles { nodes { name } } one: roles(first: 1) { nodes { isGlobal } } } }`;

const exchanges: readonly Exchange[] = [
  operation('ListSubjects', {}),
  operation('ListSubjects', { first: 3, orderBy: [{ field: 'REFERENCE', direction: 'DESC' }, { field: 'TYPE' }] }),
  operation('ListSubjects', { first: 2, filter: { type: 'USER', scopes: [{ customerUuid: customer }] } }),
  operation('ListSubjects', { first: 2, filter: { type: 'NO_SUCH_TYPE' } }),
  operation('ListSubjects', { first: -1 }),
  operation('ListSubjects', { first: 2, after: 'no cursor' }),
  operation('ListSubjects', { first: 'two' }),
  operation('ListSubjects', { first: 2, unknownVariable: 1, nested: null }),
  operation('SubjectNodes', { first: 50 }),
  operation('SubjectEdges', { first: 7 }),
  operation('OneSubject', { reference: alice }),
  operation('OneSubject', { reference: alice, type: 'USER', nested: true }),
  operation('OneSubject', { reference: 'nobody' }),
  operation('OneSubject', { reference: '' }),
  operation('OneSubject', {}),
  operation('ManySubjects', { references: [alice, 'nobody', '', alice] }),
  operation('WhoHoldsRolesAtScope', { by: { customerUuid: customer }, first: 5, includeGlobal: true }),
  operation('WhoHoldsRolesAtScope', { by: { customerUuid: customer, siteUuid: 'x' } }),
  operation('WhoHoldsRolesAtScope', { by: { customerUuid: '' } }),
  operation('WhoHoldsRole', { name: 'admin', first: 3 }),
  operation('FetchNode', { id: 'U3ViamVjdA' }),
  operation('FetchNodes', { ids: ['nonsense', 'NDpSb2xlNTphZG1pbg'] }),
  operation('JoinPoints', { reference: alice }),
  operation('WhoAmI', {}),
  { title: 'conditions: yes', query: conditions, variables: { a: true } },
  { title: 'conditions: no', query: conditions, variables: { a: false, b: false } },
  { title: 'conditions: missing', query: conditions, variables: {} },
  {
    title: 'several operations, one named',
    query: 'query A { viewer { reference } } query B { role(name: "b") { name } }',
    operationName: 'B',
  },
  {
    title: 'several operations, none named',
    query: 'query A { viewer { reference } } query B { role(name: "b") { name } }',
  },
  { title: 'an operation that is not there', query: 'query A { viewer { reference } }', operationName: 'Z' },
  { title: 'an empty operation name', query: 'query A { viewer { reference } }', operationName: '' },
  { title: 'an operation name of the wrong kind', query: '{ viewer { reference } }', operationName: 7 },
  { title: 'variables of the wrong kind', query: '{ viewer { reference } }', variables: [1] },
  { title: 'variables that are null', query: '{ viewer { reference } }', variables: null },
  { title: 'a syntax error', query: '{ viewer {' },
  { title: 'an unknown field', query: '{ viewer { name } }' },
  { title: 'introspection', query: '{ __schema { queryType { name } } __type(name: "Subject") { name kind } }' },
  { title: 'typename of the root', query: '{ __typename viewer { __typename } }' },
  {
    title: 'aliases',
    query: '{ a: viewer { r: reference } b: viewer { r: reference } role(name: "x\\"y\\u00fc") { name id } }',
  },
  {
    title: 'too much at once',
    query:
      'query ($n: Int) { subjects(first: $n) { nodes { roles(first: $n) { nodes { scopes(first: $n) { nodes { subjects(first: $n) { nodes { id } } } } } } } } }',
    variables: { n: 1000 },
  },
  {
    title: 'no credential',
    query: '{ subjects(first: 1) { nodes { id } } viewer { reference } }',
    headers: { authorization: '' },
  },
  {
    title: 'a wrong credential',
    query: '{ subjects(first: 1) { nodes { id } } viewer { reference } }',
    headers: { authorization: 'Bearer wrong' },
  },
  ...[
    'application/json',
    'application/graphql-response+json',
    'application/graphql-response+json, application/json;q=0.9',
    'application/json;charset=utf-8, application/graphql-response+json',
    'application/json; charset=utf-16',
    'text/event-stream, application/json',
    'multipart/mixed, application/graphql-response+json, */*',
    'application/*',
    'text/html',
    '*/*;q=0.1',
  ].map((accept) => ({ title: `accept ${accept}`, query: '{ subject(reference: "") { id } }', headers: { accept } })),
];

describe('an answer from a plan', () => {
  let planned: RunningGateway;
  let standard: RunningGateway;
  beforeAll(async () => {
    // Page tokens hold the time at which they were given: here it is always the same.
    const clock = { ...wallClock, nowMs: () => 1_700_000_000_000 };
    const options = { sandbox: { subjects: 300, clock }, isSandboxMode: false };
    planned = await runGateway({ ...options, settings: { queryPlans: true, maxNodes: 300_000 } });
    standard = await runGateway({ ...options, settings: { queryPlans: false, maxNodes: 300_000 } });
  });
  afterAll(async () => {
    await planned.close();
    await standard.close();
  });

  const exchange = async ({ url, sandbox }: RunningGateway, { headers, query, variables, operationName }: Exchange) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${sandbox.adminToken}`, ...headers },
      body: JSON.stringify({ query, variables, operationName }),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      // Upstream's name for the call is another each time.
      body: text.replaceAll(/"requestId":"[\w-]+"/g, '"requestId":"…"'),
    };
  };

  it.each(exchanges)('is the one that Yoga gives: $title', async (asked) => {
    const first = await exchange(standard, asked);
    // The first time the query is read; from then on it is known.
    for (let time = 0; time < 3; time++) {
      const answer = await exchange(planned, asked);
      expect({ ...answer, body: parseIfJson(answer.body) }).toEqual({ ...first, body: parseIfJson(first.body) });
    }
  });

  it('tells what it cost where it is asked to', async () => {
    const asked = {
      ...operation('OneSubject', { reference: alice }),
      headers: { 'rolescope-report': 'true', 'cache-control': 'no-cache' },
    };
    for (let time = 0; time < 3; time++) {
      const { body } = await exchange(planned, asked);
      expect(JSON.parse(body)).toMatchObject({
        data: { subject: {} },
        extensions: { upstream: { calls: 1, fromCache: 0 } },
      });
    }
  });

  it('is for its caller alone', async () => {
    const asked = operation('ListSubjects', { first: 50 });
    const customerOnly = {
      ...asked,
      headers: { authorization: `Bearer ${await logIn(planned.sandbox, 'customer@')}` },
    };
    const all = await exchange(planned, asked);
    const few = await exchange(planned, customerOnly);
    expect(few.body).not.toBe(all.body);
    expect(await exchange(planned, asked)).toEqual(all);
    expect(await exchange(planned, customerOnly)).toEqual(few);
  });
});

const parseIfJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

describe('a direct answer', () => {
  const schema = createSchema();
  const limits = createLimits(schema, { ...configOf({}), ...documentBounds });
  let readCount = 0;
  const known = createKnownQueries({
    schema,
    mayRun: (text) => !text.includes('forbidden'),
    parse: (text) => {
      readCount++;
      return limits.parse(text);
    },
    rules: specifiedRules,
    checkCost: (operation) => limits.checkCost(operation),
  });
  const query = 'query V($x: Boolean! = true) { viewer { reference @include(if: $x) } }';
  const caller: Caller = { credentialKey: 'k', reference: 'alice' };
  let identify: IdentifyCaller = () => caller;
  let maxOperations = 10;
  let isBroken = false;
  const server = createServer((request, response) => {
    const operations = createOperations({
      ...configOf({}),
      maxOperations,
      clock: systemClock,
      random: systemRandom,
    });
    const answer = createDirectAnswers({
      known,
      kept: undefined,
      limits,
      identify: (headers) => identify(headers),
      contextOf: (req, res, who) => {
        const open = operations.open(req, res, who);
        // The queries of these tests ask nothing of a directory.
        return { open, operation: open.operation, assignments: undefined as never, directory: undefined as never };
      },
      finish: (open, _response, result) => {
        open?.close();
        if (isBroken) throw new Error('a fault of our own');
        return result;
      },
    });
    readBody(request, (body) =>
      answer(request, response, body, () => response.writeHead(418).end((request as { body?: string }).body)),
    );
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const send = async (body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  };
  const answered = { status: 200, text: '{"data":{"viewer":{"reference":"alice"}}}' };

  it('is given to a query from the first time on, whoever has to be waited for', async () => {
    expect(await send(JSON.stringify({ query }))).toEqual(answered);
    expect(await send(JSON.stringify({ query, variables: null, operationName: 'V' }))).toEqual(answered);
    expect(await send(JSON.stringify({ query, variables: { x: false } }))).toEqual({
      status: 200,
      text: '{"data":{"viewer":{}}}',
    });
    identify = () => Promise.resolve(caller);
    expect(await send(JSON.stringify({ query }))).toEqual(answered);
    identify = () => caller;
  });

  it.each([
    ['a query that does not parse', JSON.stringify({ query: '{ viewer {' })],
    ['a query that does not validate', JSON.stringify({ query: '{ viewer { name } }' })],
    [
      'a query that is larger than it may be',
      JSON.stringify({ query: `{ viewer { ${'reference '.repeat(20_000)} } }` }),
    ],
    ['a query that may not run', JSON.stringify({ query: 'query forbidden { viewer { reference } }' })],
    ['introspection', JSON.stringify({ query: '{ __schema { queryType { name } } }' })],
    ['an id beside it', JSON.stringify({ query, documentId: 'a' })],
    ['extensions beside it', JSON.stringify({ query, extensions: { persistedQuery: {} } })],
    ['no query', '{}'],
    ['a list', JSON.stringify([{ query }])],
    ['null', 'null'],
    ['no JSON', '{"query":'],
    ['variables that do not fit', JSON.stringify({ query, variables: { x: 1 } })],
    ['a list of variables', JSON.stringify({ query, variables: [] })],
    ['a name that is not there', JSON.stringify({ query, operationName: 'W' })],
    ['a name of another kind', JSON.stringify({ query, operationName: 1 })],
  ])('is left to the standard way, with the whole body, for %s', async (_title, body) => {
    expect(await send(body)).toEqual({ status: 418, text: body });
  });

  it.each([
    [
      'throws',
      () => {
        throw new GatewayError('UNAUTHENTICATED', 'no');
      },
    ],
    ['rejects', () => Promise.reject(new GatewayError('UNAUTHENTICATED', 'no'))],
  ])('is left to the standard way where telling who calls %s', async (_title, fails) => {
    identify = fails;
    expect((await send(JSON.stringify({ query }))).status).toBe(418);
    identify = () => caller;
  });

  it('is left to the standard way where no operation may be opened, or another kind of answer is wanted', async () => {
    maxOperations = 0;
    expect((await send(JSON.stringify({ query }))).status).toBe(418);
    maxOperations = 10;
    expect((await send(JSON.stringify({ query }), { accept: 'text/event-stream' })).status).toBe(418);
    expect((await send(JSON.stringify({ query }), { accept: 'application/json' })).status).toBe(200);
  });

  it('costs the request and not the process where we fail ourselves', async () => {
    isBroken = true;
    await expect(send(JSON.stringify({ query }))).rejects.toThrow();
    identify = () => Promise.resolve(caller);
    await expect(send(JSON.stringify({ query }))).rejects.toThrow();
    identify = () => caller;
    isBroken = false;
    expect(await send(JSON.stringify({ query }))).toEqual(answered);
  });

  it('comes from a bounded number of plans', () => {
    const many = `query M(${[0, 1, 2, 3].map((n) => `$c${n}: Boolean!`).join()}) { viewer { reference ${[0, 1, 2, 3]
      .map((n) => `@include(if: $c${n})`)
      .slice(0, 1)
      .join()} } ${[1, 2, 3].map((n) => `v${n}: viewer @skip(if: $c${n}) { reference }`).join(' ')} }`;
    const found = Array.from({ length: 16 }, (_, bits) =>
      known.find({
        query: many,
        variables: Object.fromEntries([0, 1, 2, 3].map((n) => [`c${n}`, (bits >> n) % 2 === 1])),
      }),
    );
    expect(found.filter((one) => one !== undefined)).toHaveLength(8);
  });

  it('reads a query once, right or wrong, until others have taken its place', () => {
    const readsOf = (texts: readonly string[]): number => {
      const before = readCount;
      for (const text of texts) known.find({ query: text });
      return readCount - before;
    };
    const right = 'query Once { viewer { reference } }';
    const wrong = 'query Once { viewer { name } }';
    expect(readsOf([right, wrong, right, wrong])).toBe(2);
    const others = Array.from(
      { length: 60 },
      (_, index) => `query Q${index} { viewer { reference } } #${'x'.repeat(10_000)}`,
    );
    expect(readsOf(others)).toBe(60);
    expect(readsOf([others[59] as string, right, wrong])).toBe(2);
  });
});
