import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

const customer = { customerUuid: 'customer-1' };
const world = parseWorld({
  subjects: [
    {
      subjectReference: 'alice',
      subjectType: 'SUBJECT_TYPE_USER',
      roles: [
        { roleName: 'admin', scopes: [customer, { customerUuid: 'customer-2' }] },
        { roleName: 'auditor', scopes: [{ siteUuid: 'site-2' }] },
      ],
    },
  ],
  nesting: [{ scope: customer, contains: [{ siteUuid: 'site-1' }, { siteUuid: 'site-2' }] }],
});

interface ScopesAnswer {
  readonly subject: {
    readonly roles: {
      readonly edges: readonly {
        readonly cursor: string;
        readonly node: {
          readonly id: string;
          readonly scopes: { readonly edges: readonly { readonly cursor: string; readonly node: { uuid: string } }[] };
        };
      }[];
    };
  };
}

const subjectQuery = /* GraphQL */ `
  query ($nested: Boolean!, $scope: ScopeInput, $after: String) {
    subject(reference: "alice", includeNestedScopes: $nested) {
      roles(scope: $scope, after: $after) {
        edges {
          cursor
          node {
            id
            scopes {
              edges {
                cursor
                node {
                  uuid
                }
              }
            }
          }
        }
      }
    }
  }
`;

describe('a connection inside a subject', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway({ sandbox: { world } });
  });
  afterAll(() => gateway.close());

  const rolesOf = async (nested: boolean, scope?: object) => {
    const { data, errors } = await gateway.ask<ScopesAnswer, object>(subjectQuery, { nested, scope });
    expect(errors).toBeUndefined();
    return (data as ScopesAnswer).subject.roles.edges;
  };
  const expectExpired = async (query: string, variables: object) => {
    const { errors } = await gateway.ask<unknown, object>(query, variables);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['EXPIRED_CURSOR']);
  };

  it('does not go on among scopes without the nested ones where the cursor is of a list that has them', async () => {
    const [admin] = await rolesOf(true);
    const scopes = admin?.node.scopes.edges ?? [];
    expect(scopes.map(({ node }) => node.uuid)).toEqual(['customer-1', 'customer-2', 'site-1', 'site-2']);
    // A node is fetched without nested scopes.
    await expectExpired(
      'query ($id: ID!, $after: String) { node(id: $id) { ... on ScopedRole { scopes(after: $after) { totalCount } } } }',
      {
        id: admin?.node.id,
        after: scopes[1]?.cursor,
      },
    );
  });

  it('does not go on among roles that a scope filters where nested scopes make others match', async () => {
    const scope = { siteUuid: 'site-2' };
    const [both, one] = [await rolesOf(true, scope), await rolesOf(false, scope)];
    expect([both.length, one.length]).toEqual([2, 1]);
    await expectExpired(subjectQuery, { nested: false, scope, after: both[0]?.cursor });
  });

  it('goes on among roles that are the same with nested scopes and without', async () => {
    const [first] = await rolesOf(true);
    const { data } = await gateway.ask<ScopesAnswer, object>(subjectQuery, { nested: false, after: first?.cursor });
    expect(data?.subject.roles.edges).toHaveLength(1);
  });
});
