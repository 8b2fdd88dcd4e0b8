import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { getIntrospectionQuery, Kind, parse, print } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type RunningGateway, runGateway } from '../../support/running-gateway.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway({ sandbox: { subjects: 1200 }, settings: { maxBodyBytes: 200_000, maxCalls: 20 } });
});
afterAll(() => gateway.close());

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.sandbox.adminToken}`, ...headers },
    body,
  });

const refusalOf = async (query: string, variables: Record<string, unknown> = {}) => {
  gateway.sandbox.clearTranscript();
  const answer = await gateway.ask<object, object>(query, variables);
  expect(answer.data).toBeUndefined();
  expect(answer.errors).toHaveLength(1);
  expect(gateway.upstreamQueries()).toEqual([]);
  return answer.errors?.[0];
};

describe('limits', () => {
  it.each([
    ['tokens', `{ ${'__typename '.repeat(5001)}}`, '5000 tokens'],
    [
      'depth',
      `{ node(id: "a") ${'{ ... on Subject { roles { nodes { subject '.repeat(8)}{ id }${' } } } }'.repeat(8)} }`,
      '20 levels',
    ],
    [
      'aliases',
      `{ ${Array.from({ length: 101 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      'more than the 100 aliases',
    ],
    ['directives', `{ __typename ${'@include(if: true) '.repeat(101)} }`, 'more than the 100 directives'],
    ['fields of one name', `{ role(name: "a") { ${'id '.repeat(201)}} }`, 'more than the 200 fields of one name'],
    [
      'fields of one name in fragments',
      `{ ${'...A ...B '.repeat(2)}} fragment A on Query { ${'viewer { reference } '.repeat(101)}} fragment B on Query { ${'viewer { reference } '.repeat(101)}}`,
      'more than the 200 fields of one name',
    ],
    ['opening brackets', `{ subjectsByReference(references: ${'['.repeat(4900)}`, 'too deeply'],
    ['opening braces', '{ a '.repeat(2400), 'too deeply'],
    [
      'fragments that spread themselves',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      'spread themselves',
    ],
    ['lines', `{ ${'\n'.repeat(10_001)} __typename }`, 'more than the 10000 lines'],
    ['fragments', `{ __typename } ${'fragment F on Query { __typename } '.repeat(101)}`, 'more than the 100 fragments'],
    [
      'operations',
      Array.from({ length: 21 }, (_, i) => `query Q${i} { __typename }`).join(' '),
      'more than the 20 operations',
    ],
    ['letters in a name', `{ ${'a'.repeat(201)}: __typename }`, 'a name of more than 200 characters'],
    ['bytes', `{ __typename } #${'x'.repeat(100_000)}`, 'larger than the 100000 bytes'],
    ['bytes of other letters', `{ __typename } #${'\u00fc'.repeat(50_000)}`, 'larger than the 100000 bytes'],
  ])('refuse too many %s before any call, with the numbers', async (_what, query, numbers) => {
    const error = await refusalOf(query);
    expect(error?.message).toContain(numbers);
    expect(error?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('refuse what needs more calls than one operation may cost', async () => {
    const lists = Array.from({ length: 21 }, (_, i) => `a${i}: subjects(first: ${i}) { nodes { id } }`).join(' ');
    const error = await refusalOf(`{ ${lists} }`);
    expect(error).toMatchObject({ extensions: { code: 'CALL_BUDGET_EXCEEDED' } });
    expect(error?.message).toContain('at least 21 upstream calls, and 20');
  });

  it('tell a client that knows GraphQL over HTTP by the status, too', async () => {
    const body = JSON.stringify({ query: `{ ${'__typename '.repeat(5001)}}` });
    const answer = await post(body, { accept: 'application/graphql-response+json' });
    expect(answer.status).toBe(400);
    expect((await post(body)).status).toBe(200);
  });

  it('hold a walk to the budget of calls as it runs', async () => {
    const small = await runGateway({ sandbox: { subjects: 5000 }, settings: { maxCalls: 3, cacheTtlMs: 0 } });
    try {
      const query =
        '{ role(name: "no such role") { subjects(first: 10) { nodes { id } pageInfo { hasNextPage endCursor } } } }';
      const answer = await small.ask<{ role: { subjects: { nodes: []; pageInfo: { hasNextPage: boolean } } } }, object>(
        query,
      );
      expect(answer.data?.role.subjects).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true } });
      expect(small.upstreamQueries()).toHaveLength(3);
    } finally {
      await small.close();
    }
  });

  it('let through what frontends ask for', async () => {
    const references = (
      await gateway.ask<{ subjects: { nodes: { reference: string }[] } }, object>(
        '{ subjects(first: 1000) { nodes { reference } } }',
      )
    ).data?.subjects.nodes.map(({ reference }) => reference);
    const whole =
      'roles { edges { cursor node { id name scopes { edges { cursor node { id kind uuid components { field uuid } target { __typename } } } } } } }';
    for (const [query, variables] of [
      [
        getIntrospectionQuery({
          descriptions: true,
          specifiedByUrl: true,
          directiveIsRepeatable: true,
          schemaDescription: true,
          inputValueDeprecation: true,
          oneOf: true,
        }),
        {},
      ],
      [`{ subjects(first: 1000) { totalCount edges { cursor node { id ${whole} } } } }`, {}],
      [
        `query ($references: [String!]!) { subjectsByReference(references: $references) { id ${whole} } }`,
        { references },
      ],
      [
        '{ subjects(first: 1000) { nodes { roles(first: 1000) { nodes { scopes(first: 1000) { nodes { kind } } } } } } }',
        {},
      ],
      ['{ subjects(first: 50) { nodes { roles { nodes { role { subjects(first: 3) { nodes { id } } } } } } } }', {}],
    ] as const) {
      const answer = await gateway.ask<object, object>(query, variables);
      expect(answer.errors).toBeUndefined();
      expect(answer.data).toBeDefined();
    }
  });

  it('let through every operation that the tests, the README and the examples share', async () => {
    const document = parse(readFileSync(new URL('../subjects.graphql', import.meta.url), 'utf8'));
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      const answer = await gateway.ask<object, object>(print(definition), {
        first: 5,
        reference: 'a',
        references: ['a'],
        ids: [],
        id: 'a',
        name: 'admin',
        by: { userUuid: 'a' },
      });
      expect(JSON.stringify(answer.errors ?? '')).not.toMatch(/is the most|that one may|allowed/);
    }
  });

  it('read the limits from the settings', async () => {
    const strict = await runGateway({
      settings: {
        maxTokens: 100,
        maxDepth: 3,
        maxDocumentBytes: 300,
        maxNodes: 3,
      },
    });
    try {
      for (const [query, message] of [
        [`{ ${'a '.repeat(99)} }`, '100 tokens'],
        ['{ subjects { nodes { roles { totalCount } } } }', '3 levels'],
        [`{ __typename } #${' '.repeat(300)}`, '300 bytes'],
        ['{ subjects(first: 2) { nodes { id } } }', '3 objects'],
      ] as const) {
        const answer = await strict.ask<object, object>(query);
        expect(answer.errors?.[0]?.message).toContain(message);
      }
      expect((await strict.ask<object, object>('{ subjects(first: 1) { nodes { id } } }')).errors).toBeUndefined();
    } finally {
      await strict.close();
    }
  });
});

describe('the bound on bodies', () => {
  const tooLarge = JSON.stringify({ query: '{ __typename }', variables: { text: 'x'.repeat(200_000) } });

  it('is kept for a body that says how long it is', async () => {
    const answer = await post(tooLarge);
    expect(answer.status).toBe(413);
    expect(((await answer.json()) as Answer<object>).errors?.[0]).toMatchObject({
      message: 'The request body is larger than the 200000 bytes allowed.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it.each([
    ['too large', tooLarge, 413],
    ['small enough', JSON.stringify({ query: '{ __typename }' }), 200],
    ['empty', '', 400],
  ])('is kept for a body in pieces that is %s', async (_what, body, status) => {
    const { port } = new URL(gateway.url);
    const answered = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        {
          port,
          path: '/graphql',
          method: 'POST',
          headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      sending.once('error', reject);
      for (let at = 0; at < body.length; at += 10_000) sending.write(body.slice(at, at + 10_000));
      sending.end();
    });
    expect(answered).toBe(status);
  });

  it('takes no array of operations', async () => {
    const answer = await post(JSON.stringify([{ query: '{ __typename }' }]));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('one operation at a time');
  });
});

describe('without introspection', () => {
  it.each([
    ['a field', '{ subject(reference: "a") { referenc } }', /^Cannot query field "referenc" on type "Subject"\.$/],
    ['an argument', '{ subject(refrence: "a") { id } }', /^Unknown argument "refrence" on field "Query\.subject"\.$/],
    [
      'a value',
      '{ subject(reference: "a", type: USR) { id } }',
      /^Value "USR" does not exist in "SubjectType" enum\.$/,
    ],
    ['the schema', '{ __schema { types { name } } }', /introspection/i],
  ])('no error tells more of %s than was asked', async (_what, query, message) => {
    const closed = await runGateway({ settings: { introspection: false } });
    try {
      const [error] = (await closed.ask<object, object>(query)).errors ?? [];
      expect(error?.message).toMatch(message);
      expect(error?.extensions.code).toBe('BAD_USER_INPUT');
      expect(JSON.stringify(error)).not.toContain('Did you mean');
    } finally {
      await closed.close();
    }
  });

  it('errors propose names where introspection is on', async () => {
    const answer = await gateway.ask<object, object>('{ subject(reference: "a") { referenc } }');
    expect(answer.errors?.[0]?.message).toContain('Did you mean "reference"?');
  });

  it('variables are not explained either', async () => {
    const closed = await runGateway({ settings: { introspection: false } });
    try {
      const query = 'query ($type: SubjectType) { subject(reference: "a", type: $type) { id } }';
      const [error] = (await closed.ask<object, object>(query, { type: 'USR' })).errors ?? [];
      expect(error?.message).toContain('"USR"');
      expect(error?.message).not.toContain('USER');
    } finally {
      await closed.close();
    }
  });
});
