import { execute, parse } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { assignmentsOver } from '../assignments/open-assignments.ts';
import { createSubgraphSchema } from '../../src/graph/federation/subgraph-schema.ts';
import { createSubject } from '../../src/model/subject.ts';
import { createArraySource } from '../pages/array-source.ts';
import { createOperation } from '../pages/operations.ts';
import { createManualClock } from '../support/manual-clock.ts';
import type { Answer, RunningGateway } from '../support/running-gateway.ts';
import { runGateway } from '../support/running-gateway.ts';
import { listSubjects, type ListedSubject, spread } from './supergraph.ts';

interface Entities {
  readonly entities: readonly ({
    readonly __typename: string;
    readonly uuid?: string;
    readonly reference?: string;
    readonly name?: string;
    readonly subject?: { readonly reference: string; readonly type: string } | null;
  } | null)[];
}

const query = /* GraphQL */ `
  query Entities($representations: [_Any!]!) {
    entities: _entities(representations: $representations) {
      __typename
      ... on Subject {
        reference
        type
      }
      ... on Role {
        name
      }
      ... on User {
        uuid
        subject {
          reference
          type
        }
      }
      ... on Device {
        uuid
        subject {
          reference
          type
        }
      }
      ... on Customer {
        uuid
        scope {
          kind
          uuid
        }
      }
    }
  }
`;

describe('the entities of the subgraph', () => {
  let gateway: RunningGateway;
  let subjects: readonly ListedSubject[];
  let users: readonly ListedSubject[];
  let devices: readonly ListedSubject[];

  beforeAll(async () => {
    // Nothing is kept, so that every test sees what it costs by itself.
    gateway = await runGateway({ sandbox: { subjects: 3000 }, settings: { cacheTtlMs: 0 } });
    subjects = await listSubjects(gateway.sandbox);
    users = subjects.filter(({ subjectType }) => subjectType === 'SUBJECT_TYPE_USER');
    devices = subjects.filter(({ subjectType }) => subjectType === 'SUBJECT_TYPE_DEVICE');
    gateway.sandbox.clearTranscript();
  });
  afterEach(() => {
    gateway.sandbox.control.setFaults([]);
    gateway.sandbox.clearTranscript();
  });
  afterAll(() => gateway.close());

  const fetchEntities = async (
    representations: readonly unknown[],
    headers: Record<string, string> = { authorization: `Bearer ${gateway.sandbox.adminToken}` },
  ): Promise<Answer<Entities>> => {
    const response = await fetch(`${gateway.url}/subgraph`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables: { representations } }),
    });
    return (await response.json()) as Answer<Entities>;
  };
  const userOf = (uuid: string) => ({ __typename: 'User', uuid });
  const subjectOf = (reference: string) => ({ __typename: 'Subject', reference });

  it('cost for 1,000 representations what 1,000 lookups cost', async () => {
    const wanted = spread(users, 1000).map(({ subjectReference }) => subjectReference);
    const { data, errors } = await fetchEntities(wanted.map(userOf));
    const cost = gateway.upstreamQueries().length;
    expect(errors).toBeUndefined();
    expect(data?.entities.map((entity) => entity?.subject?.reference)).toEqual(wanted);
    const lookups = await gateway.ask<object, object>(
      'query ($references: [String!]!) { subjectsByReference(references: $references) { reference } }',
      { references: wanted },
    );
    expect(lookups.errors).toBeUndefined();
    expect(cost).toBe(gateway.upstreamQueries().length);
    expect(cost).toBeLessThanOrEqual(3);
  });

  it('come in the order asked, twice where asked twice, and null where upstream does not know them', async () => {
    const [first, second] = spread(users, 2) as [ListedSubject, ListedSubject];
    const unknown = '00000000-0000-4000-8000-000000000000';
    const { data, errors } = await fetchEntities([
      subjectOf(second.subjectReference),
      subjectOf(unknown),
      subjectOf(first.subjectReference),
      subjectOf(second.subjectReference),
      userOf(unknown),
    ]);
    expect(errors).toBeUndefined();
    expect(data?.entities).toEqual([
      { __typename: 'Subject', reference: second.subjectReference, type: 'USER' },
      null,
      { __typename: 'Subject', reference: first.subjectReference, type: 'USER' },
      { __typename: 'Subject', reference: second.subjectReference, type: 'USER' },
      { __typename: 'User', uuid: unknown, subject: null },
    ]);
  });

  it('are a subject only of their own type', async () => {
    const uuid = (devices[0] as ListedSubject).subjectReference;
    const { data } = await fetchEntities([userOf(uuid), { __typename: 'Device', uuid }]);
    expect(data?.entities).toEqual([
      { __typename: 'User', uuid, subject: null },
      { __typename: 'Device', uuid, subject: { reference: uuid, type: 'DEVICE' } },
    ]);
  });

  it('cost nothing where they are handles', async () => {
    const { data } = await fetchEntities([
      { __typename: 'Role', name: 'admin' },
      { __typename: 'Customer', uuid: 'somewhere' },
    ]);
    expect(data?.entities).toEqual([
      { __typename: 'Role', name: 'admin' },
      { __typename: 'Customer', uuid: 'somewhere', scope: { kind: 'CUSTOMER', uuid: 'somewhere' } },
    ]);
    expect(gateway.upstreamQueries()).toEqual([]);
  });

  it('fail alone where upstream fails', async () => {
    const [broken, whole] = spread(users, 2).map(({ subjectReference }) => subjectReference) as [string, string];
    gateway.sandbox.control.setFaults([{ query: broken, status: 403 }]);
    const { data, errors } = await fetchEntities([subjectOf(broken), subjectOf(whole)]);
    expect(data?.entities).toEqual([null, { __typename: 'Subject', reference: whole, type: 'USER' }]);
    expect(errors?.map(({ path, extensions }) => ({ path, code: extensions.code }))).toEqual([
      { path: ['entities', 0], code: 'FORBIDDEN' },
    ]);
  });

  it.each([
    ['names a type that is no entity', { __typename: 'Viewer', reference: 'x' }],
    ['names a type that does not exist', { __typename: 'Constructor' }],
    ['names no type', { uuid: 'x' }],
    ['has no key', { __typename: 'User' }],
    ['has the key of another type', { __typename: 'Subject', uuid: 'x' }],
    ['has a key that is no string', { __typename: 'User', uuid: { nested: true } }],
    ['has an empty key, which upstream would take for no filter at all', { __typename: 'Subject', reference: '' }],
    ['has a reference longer than upstream takes', { __typename: 'Subject', reference: 'x'.repeat(101) }],
    ['is no object', 'User'],
    ['is a list', [{ __typename: 'User', uuid: 'x' }]],
  ])('fail alone with BAD_USER_INPUT, and cost nothing, where a representation %s', async (_what, wrong) => {
    const { data, errors } = await fetchEntities([wrong, { __typename: 'Role', name: 'admin' }]);
    expect(data?.entities).toEqual([null, { __typename: 'Role', name: 'admin' }]);
    expect(errors?.map(({ path, extensions }) => ({ path, code: extensions.code }))).toEqual([
      { path: ['entities', 0], code: 'BAD_USER_INPUT' },
    ]);
    expect(gateway.upstreamQueries()).toEqual([]);
  });

  it('ask nothing of upstream for a caller who does not say who it is', async () => {
    const { data, errors } = await fetchEntities([userOf('x'), { __typename: 'Role', name: 'admin' }], {});
    expect(data?.entities).toEqual([
      { __typename: 'User', uuid: 'x', subject: null },
      { __typename: 'Role', name: 'admin' },
    ]);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    expect(gateway.upstreamQueries()).toEqual([]);
  });

  it('are refused where they are more than a gateway has reason to ask for', async () => {
    const schema = createSubgraphSchema();
    const { errors } = await execute({
      schema,
      document: parse('query ($all: [_Any!]!) { _entities(representations: $all) { __typename } }'),
      variableValues: { all: Array.from({ length: 5001 }, () => ({})) },
    });
    expect(errors?.map(({ message }) => message)).toEqual([expect.stringContaining('5000 is the most')]);
  });

  it('leave subjects, which operations share, as they are', async () => {
    const subject = createSubject('alice', 'SUBJECT_TYPE_USER', [{ name: 'admin', scopes: [] }]);
    const source = createArraySource({ subjects: [Object.freeze(subject)], clock: createManualClock() });
    Object.freeze(subject.roles[0]);
    const { data, errors } = await execute({
      schema: createSubgraphSchema(),
      document: parse(/* GraphQL */ `
        query ($representations: [_Any!]!) {
          entities: _entities(representations: $representations) {
            __typename
            ... on Subject {
              roles {
                nodes {
                  subject {
                    __typename
                    id
                    reference
                  }
                }
              }
            }
          }
        }
      `),
      variableValues: { representations: [subjectOf('alice')] },
      contextValue: {
        operation: createOperation(),
        assignments: assignmentsOver(source).forOperation(createOperation()),
      },
    });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      entities: [
        { __typename: 'Subject', roles: { nodes: [{ subject: { __typename: 'Subject', reference: 'alice' } }] } },
      ],
    });
    expect(Object.getOwnPropertyNames(subject).sort()).toEqual(['rawType', 'reference', 'roles', 'type']);
  });
});
