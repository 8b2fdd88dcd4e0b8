import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

const roles = (roleName: string) => [{ roleName, scopes: [] }];
const world = parseWorld({
  allowUnknown: true,
  subjects: [
    { subjectReference: 'r2d2', subjectType: 'SUBJECT_TYPE_DEVICE', roles: roles('tool') },
    { subjectReference: 'r2d2', subjectType: 'SUBJECT_TYPE_ROBOT', roles: roles('pilot') },
    { subjectReference: 'r2d2', subjectType: 'SUBJECT_TYPE_ROBOT', roles: roles('mechanic') },
    { subjectReference: 'leia', subjectType: 'SUBJECT_TYPE_USER', roles: roles('admin') },
  ],
});

const query = /* GraphQL */ `
  query ($reference: String!) {
    subject(reference: $reference, type: UNKNOWN) {
      type
      rawType
      roles {
        nodes {
          name
        }
      }
    }
  }
`;

describe('a subject of a type that was added later', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway({ sandbox: { world } });
  });
  afterAll(() => gateway.close());

  it('is found beside others of its reference, with the roles of all its entries, for one call', async () => {
    expect((await gateway.ask(query, { reference: 'r2d2' })).data).toEqual({
      subject: {
        type: 'UNKNOWN',
        rawType: 'SUBJECT_TYPE_ROBOT',
        roles: { nodes: [{ name: 'pilot' }, { name: 'mechanic' }] },
      },
    });
    expect(gateway.upstreamQueries()).toHaveLength(1);
  });

  it.each(['leia', 'nobody'])('is null where the reference is of no such subject: %s', async (reference) => {
    expect(await gateway.ask(query, { reference })).toMatchObject({ data: { subject: null } });
    expect(gateway.upstreamQueries()).toHaveLength(1);
  });

  it('is refused without a reference like any other', async () => {
    const { errors } = await gateway.ask(query, { reference: '' });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });
});
