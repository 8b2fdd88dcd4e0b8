import { afterEach, describe, expect, it } from 'vitest';
import { parseWorld } from '../../../src/sandbox/world/file/world-file.ts';
import { type RunningGateway, runGateway } from '../../support/running-gateway.ts';

const uuidOf = (kind: number, index: number): string =>
  `${kind}0000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const [group, tenant] = [uuidOf(2, 0), uuidOf(3, 0)];
/** Of a user, as the graph gives it where a group of theirs has access. */
const idsQuery = `{ scope(by: { tenantUuid: "${tenant}" }) { access { nodes { id reference } } } }`;

interface Listed {
  readonly id: string;
  readonly reference: string;
}

describe('a member of a group who holds nothing', () => {
  let gateway: RunningGateway;
  afterEach(() => gateway.close());

  const open = async (): Promise<readonly Listed[]> => {
    gateway = await runGateway({
      sandbox: {
        world: parseWorld({
          subjects: [
            {
              subjectReference: group,
              subjectType: 'SUBJECT_TYPE_USER_GROUP',
              roles: [{ roleName: 'admin', scopes: [{ tenantUuid: tenant }] }],
            },
          ],
          directory: {
            users: [0, 1].map((index) => ({
              uuid: uuidOf(1, index),
              displayName: `User ${index}`,
              userGroupUuids: [group],
            })),
          },
        }),
      },
    });
    const { data } = await gateway.ask<{ scope: { access: { nodes: readonly Listed[] } } }, object>(idsQuery);
    return data?.scope.access.nodes ?? [];
  };

  it('is fetched again by the id that the list gave', async () => {
    const listed = await open();
    expect(listed.map(({ reference }) => reference)).toEqual([uuidOf(1, 0), uuidOf(1, 1), group]);
    const { data, errors } = await gateway.ask(
      `query ($ids: [ID!]!, $id: ID!) {
         nodes(ids: $ids) { id }
         node(id: $id) { ... on Subject { reference displayName roles { totalCount } access { nodes { name } } } }
       }`,
      { ids: listed.map(({ id }) => id), id: listed[0]?.id },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      nodes: listed.map(({ id }) => ({ id })),
      node: {
        reference: uuidOf(1, 0),
        displayName: 'User 0',
        roles: { totalCount: 0 },
        access: { nodes: [{ name: 'admin' }] },
      },
    });
  });

  it('is nobody once the directory does not know them, as whoever is no user', async () => {
    const [first] = await open();
    const { data: other } = await gateway.ask<{ node: unknown }, object>('query ($id: ID!) { node(id: $id) { id } }', {
      id: (first as Listed).id,
    });
    expect(other?.node).not.toBeNull();
    gateway.sandbox.control.setFaults([{ domain: 'users', status: 403 }]);
    const { data, errors } = await gateway.ask(
      'query ($id: ID!) { node(id: $id) { id } }',
      { id: (first as Listed).id },
      { authorization: `Bearer ${gateway.sandbox.adminToken}`, 'cache-control': 'no-cache' },
    );
    expect([data, errors]).toEqual([{ node: null }, undefined]);
  });
});
