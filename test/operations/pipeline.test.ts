import { readFileSync } from 'node:fs';
import { GraphQLInt, GraphQLObjectType, GraphQLSchema, Kind, parse, print } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graph/schema.ts';
import { GatewayError } from '../../src/model/errors.ts';
import type { Caller } from '../../src/model/operation.ts';
import type { Answer, GraphqlRequest } from '../../src/operations/graphql-request.ts';
import { createSubscriptions } from '../../src/operations/subscriptions.ts';
import { createOperations, type OperationRecord } from '../../src/operations/operations.ts';
import { createPipeline, type PipelineOptions } from '../../src/operations/pipeline.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type Logger, silentLogger } from '../../src/platform/logger.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createTurns } from '../../src/platform/turns.ts';
import { wallClock } from '../../src/sandbox/core/clock.ts';
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

const shared = readFileSync(new URL('subjects.graphql', import.meta.url), 'utf8');
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

describe('a compiled answer', () => {
  let compiled: RunningGateway;
  let standard: RunningGateway;
  beforeAll(async () => {
    // Page tokens hold the time at which they were given: here it is always the same.
    const clock = { ...wallClock, nowMs: () => 1_700_000_000_000 };
    const options = { sandbox: { subjects: 300, clock }, isSandboxMode: false };
    compiled = await runGateway({ ...options, settings: { queryPlans: true } });
    standard = await runGateway({ ...options, settings: { queryPlans: false } });
  });
  afterAll(async () => {
    await compiled.close();
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

  it.each(exchanges)('is the one that graphql-js gives: $title', async (asked) => {
    const first = await exchange(standard, asked);
    // The first time the query is read; from then on it is known.
    for (let time = 0; time < 3; time++) {
      const answer = await exchange(compiled, asked);
      expect({ ...answer, body: parseIfJson(answer.body) }).toEqual({ ...first, body: parseIfJson(first.body) });
    }
  });

  it('tells what it cost where it is asked to', async () => {
    const asked = {
      ...operation('OneSubject', { reference: alice }),
      headers: { 'rolescope-report': 'true', 'cache-control': 'no-cache' },
    };
    for (let time = 0; time < 3; time++) {
      const { body } = await exchange(compiled, asked);
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
      headers: { authorization: `Bearer ${await logIn(compiled.sandbox, 'customer@')}` },
    };
    const all = await exchange(compiled, asked);
    const few = await exchange(compiled, customerOnly);
    expect(few.body).not.toBe(all.body);
    expect(await exchange(compiled, asked)).toEqual(all);
    expect(await exchange(compiled, customerOnly)).toEqual(few);
  });
});

const parseIfJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

describe('the pipeline', () => {
  const query = 'query V($x: Boolean! = true) { viewer { reference @include(if: $x) } }';
  const caller: Caller = { credentialKey: 'k', reference: 'alice' };

  const setUp = (options: Partial<PipelineOptions> = {}, maxOperations = 10) => {
    const records: OperationRecord[] = [];
    const opened: string[] = [];
    const operations = createOperations({
      ...configOf({}),
      maxOperations,
      clock: systemClock,
      random: systemRandom,
      turns: createTurns(),
      observers: [{ opened: ({ id }) => opened.push(id), done: (record) => records.push(record) }],
    });
    const pipeline = createPipeline({
      schema: createSchema(),
      // The queries of these tests ask nothing of upstream.
      contextFor: (operation) => ({
        operation,
        assignments: undefined as never,
        directory: undefined as never,
        access: undefined as never,
        writes: undefined as never,
      }),
      identify: () => caller,
      operations,
      subscriptions: createSubscriptions({ clock: systemClock }),
      limits: configOf({}),
      introspection: true,
      compiles: true,
      cachedAnswersBytes: 100_000,
      alwaysReport: false,
      turns: createTurns(),
      clock: systemClock,
      logger: silentLogger,
      ...options,
    });
    const request = (parameters: unknown, more: Partial<GraphqlRequest> = {}): GraphqlRequest => ({
      parameters,
      headers: {},
      requestId: 'r',
      isReadOnly: false,
      way: 'process',
      ...more,
    });
    const shown = ({ body, status, jsonStatus }: Answer) => ({
      status,
      jsonStatus,
      ...(JSON.parse(Buffer.concat(body).toString()) as {
        data?: unknown;
        errors?: { message: string; locations?: object[]; extensions: { code: string } }[];
      }),
    });
    return {
      records,
      opened,
      operations,
      execute: (parameters: unknown, more?: Partial<GraphqlRequest>) => pipeline.execute(request(parameters, more)),
      ask: async (parameters: unknown, more?: Partial<GraphqlRequest>) =>
        shown(await pipeline.execute(request(parameters, more))),
    };
  };

  it('answers at once where nothing has to be waited for, and waits for who calls where it must', async () => {
    const { execute, ask } = setUp();
    // A document that is new is read in turns.
    await ask({ query });
    expect(execute({ query })).not.toBeInstanceOf(Promise);
    const expected = { status: 200, jsonStatus: 200, data: { viewer: { reference: 'alice' } } };
    expect(await ask({ query })).toEqual(expected);
    expect(await ask({ query, variables: null, operationName: 'V' })).toEqual(expected);
    expect(await ask({ query, variables: { x: false } })).toEqual({ ...expected, data: { viewer: {} } });
    expect(await setUp({ identify: () => Promise.resolve(caller) }).ask({ query })).toEqual(expected);
  });

  it.each([
    ['compiled', { query }, true],
    ['compiled', { query: '{ __schema { queryType { name } } }' }, true],
    ['standard', { query }, false],
    ['compiled', { query: '{ __type(name: "Query") { name } }' }, false],
    ['none', { query: '{ nothing }' }, true],
  ] as const)('tells that %s has answered %j', async (path, parameters, compiles) => {
    const { ask, records } = setUp({ compiles });
    await ask(parameters, { way: 'yoga' });
    expect(records).toMatchObject([{ path, way: 'yoga' }]);
  });

  it('runs mutations by the standard executor, one field after the other, and never for GET', async () => {
    const order: string[] = [];
    const step = {
      type: GraphQLInt,
      args: { n: { type: GraphQLInt } },
      resolve: async (_root: unknown, { n }: { n?: number }) => {
        order.push(`begin ${n}`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`end ${n}`);
        return n;
      },
    };
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { step } }),
      mutation: new GraphQLObjectType({ name: 'Mutation', fields: { step } }),
    });
    const { ask, records } = setUp({ schema });
    const mutation = 'mutation { a: step(n: 1) b: step(n: 2) }';
    expect(await ask({ query: mutation })).toMatchObject({ status: 200, data: { a: 1, b: 2 } });
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
    expect(records).toMatchObject([{ path: 'standard' }]);
    const refused = await ask({ query: mutation }, { isReadOnly: true });
    expect(refused).toMatchObject({
      status: 405,
      jsonStatus: 405,
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(order).toHaveLength(4);
  });

  it.each([
    ['a list', [{ query }], 400],
    ['no object', 'text', 400],
    ['no query', {}, 400],
    ['a query that is no text', { query: 1 }, 400],
    ['a parameter that is not known', { query, more: 1 }, 400],
    ['variables that are a list', { query, variables: [1] }, 400],
    ['a name of another kind', { query, operationName: 1 }, 400],
    ['extensions that are no object', { query, extensions: 'a' }, 400],
    ['a document that does not parse', { query: '{ viewer {' }, 200],
    ['a document that does not validate', { query: '{ viewer { name } }' }, 200],
    ['variables that do not fit', { query, variables: { x: 1 } }, 200],
    ['a name that is not there', { query, operationName: 'W' }, 200],
    ['a document that is not known', { documentId: 'a' }, 200],
  ])('refuses %s, and opens no operation for it', async (_title, parameters, jsonStatus) => {
    const { ask, opened, records } = setUp();
    const answer = await ask(parameters);
    expect(answer).toMatchObject({ status: 400, jsonStatus, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(answer).not.toHaveProperty('data');
    expect(opened).toEqual([]);
    expect(records).toMatchObject([{ id: 'r', codes: ['BAD_USER_INPUT'], path: 'none' }]);
  });

  it.each([
    ['\n\n  { viewer { name } }', [{ line: 3, column: 14 }]],
    ['# \r\n{\rviewer { name } }', [{ line: 3, column: 10 }]],
    ['{ viewer { name } }', [{ line: 1, column: 12 }]],
    ['{\n  viewer {', [{ line: 2, column: 11 }]],
    ['query ($x: Int!) {\n viewer { reference }\n}', [{ line: 1, column: 8 }]],
  ])('tells where in the document an error is: %j', async (document, locations) => {
    expect((await setUp().ask({ query: document })).errors?.[0]).toMatchObject({ locations });
  });

  it.each([
    [
      'throws',
      (): never => {
        throw new GatewayError('UNAUTHENTICATED', 'no');
      },
    ],
    ['rejects', () => Promise.reject(new GatewayError('UNAUTHENTICATED', 'no'))],
  ])('refuses a caller where telling who calls %s', async (_title, identify) => {
    const { ask, records } = setUp({ identify });
    expect(await ask({ query })).toMatchObject({ status: 401, jsonStatus: 200, errors: [{ message: 'no' }] });
    expect(records).toMatchObject([{ codes: ['UNAUTHENTICATED'] }]);
  });

  it('refuses a question that needs many upstream calls, without looking at what it asks for, to whoever does not say who they are', async () => {
    const { ask, records } = setUp({ identify: () => undefined });
    const asking = (fields: number) => {
      const aliased = Array.from(
        { length: fields },
        (_, index) => `a${index}: subjectsByReference(references: $a) { id }`,
      );
      const variables = { a: Array.from({ length: 1000 }, (_, index) => `r${index}`) };
      return ask({ query: `query ($a: [String!]!) { ${aliased.join(' ')} }`, variables });
    };
    const refused = await asking(6);
    expect(refused).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(refused.errors).toHaveLength(1);
    expect(records.at(-1)).toMatchObject({ codes: ['UNAUTHENTICATED'], path: 'none' });
    expect((await asking(1)).status).toBe(200);
  });

  it('refuses more operations at once than there may be', async () => {
    const { ask } = setUp({}, 0);
    expect(await ask({ query })).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
  });

  it('costs the request and not the process where we fail ourselves, and says so in the log alone', async () => {
    const logged: unknown[] = [];
    const logger: Logger = { ...silentLogger, error: (fields) => logged.push(fields) };
    const fault = new Error('a fault of our own');
    const { ask, operations } = setUp({
      logger,
      contextFor: () => {
        throw fault;
      },
    });
    const answer = await ask({ query });
    expect(answer).toMatchObject({ status: 500, errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(JSON.stringify(answer)).not.toContain('fault of our own');
    expect(logged).toEqual([{ err: fault }]);
    expect(operations.running).toBe(0);
  });

  it('takes its listener away from who asked, however it ends', async () => {
    const { ask } = setUp();
    let listening = 0;
    const onDisconnect = () => {
      listening++;
      return () => listening--;
    };
    await ask({ query }, { onDisconnect });
    await ask({ query: '{ nodes(ids: ["a"]) { id } }' }, { onDisconnect });
    expect(listening).toBe(0);
  });

  it('ends an answer that grows past its bounds, says how far it came, and counts errors as well', async () => {
    const ids = Array.from({ length: 100 }, () => 'NTpTY29wZTEyOmN1c3RvbWVyVXVpZDE6YQ');
    const asked = { query: 'query N($ids: [ID!]!) { nodes(ids: $ids) { id } }', variables: { ids } };
    const within = setUp({ limits: configOf({ maxNodes: 101 }) });
    expect((await within.ask(asked)).errors).toBeUndefined();
    for (const settings of [{ maxNodes: 50 }, { maxAnswerBytes: 3000 }]) {
      for (const compiles of [true, false]) {
        const { ask, records } = setUp({ limits: configOf(settings), compiles });
        const answer = await ask(asked);
        expect(answer).toMatchObject({ status: 200, data: null, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
        expect(answer.errors?.[0]?.message).toMatch(/came to [\d,]+ objects and [\d,]+ bytes/);
        expect(records).toMatchObject([{ codes: ['BAD_USER_INPUT'], path: compiles ? 'compiled' : 'standard' }]);
      }
    }
    const broken = { ...asked, variables: { ids: Array.from({ length: 100 }, () => 'broken') } };
    const { ask } = setUp({ limits: configOf({ maxAnswerBytes: 3000 }) });
    expect((await ask(broken)).errors?.[0]?.message).toContain('errors included');
  });

  it('lists some of many errors, and counts the rest', async () => {
    const ids = Array.from({ length: 1000 }, () => 'broken');
    const { errors, data } = await setUp().ask({
      query: 'query N($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      variables: { ids },
    });
    expect(data).toEqual({ nodes: ids.map(() => null) });
    expect(errors).toHaveLength(201);
    expect(errors?.at(-1)).toEqual({
      message: '800 more errors are not listed. What is null without one is so for the reasons above.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('gives strangers less than callers', async () => {
    const asked = {
      query: 'query N($ids: [ID!]!) { a: nodes(ids: $ids) { id } b: nodes(ids: $ids) { id } }',
      variables: {
        ids: Array.from({ length: 1000 }, () =>
          Buffer.from(`5:Scope12:customerUuid900:${'x'.repeat(900)}`).toString('base64url'),
        ),
      },
    };
    expect((await setUp().ask(asked)).errors).toBeUndefined();
    const stranger = await setUp({ identify: () => undefined }).ask(asked);
    expect(stranger).toMatchObject({ data: null, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });
});
