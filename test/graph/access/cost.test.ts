import { afterEach, describe, expect, it } from 'vitest';
import { parseWorld } from '../../../src/sandbox/world/file/world-file.ts';
import { createAccessWorld, reasonsIn, type AccessWorld } from '../../access/worlds.ts';
import { type RunningGateway, runGateway } from '../../support/running-gateway.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const open = async (): Promise<AccessWorld> => {
  const world = createAccessWorld(1);
  gateway = await runGateway({ sandbox: { world: world.sandbox } });
  return world;
};

const paths = (): string[] => {
  const seen = gateway.sandbox.transcript().map(({ path }) => path);
  gateway.sandbox.clearTranscript();
  return seen;
};

const check = 'isAllowed reasons { kind } gaps asOf';

describe('a question about access', () => {
  it('costs checkAccess the subject, its user, its groups together, the tree and the device', async () => {
    const world = await open();
    const [user = '', groups = []] =
      [...world.groupsOfUser].find(
        ([reference, memberOf]) =>
          memberOf.length === 2 && world.subjects.some(({ subjectReference }) => subjectReference === reference),
      ) ?? [];
    const [device = ''] = [...world.groupOfDevice].find(([, group]) => group !== undefined) ?? [];
    const { data, errors } = await gateway.ask<{ checkAccess: { isAllowed: boolean } }, object>(
      `{ checkAccess(subject: { reference: "${user}" }, roleName: "admin", at: { deviceUuid: "${device}" }) { ${check} } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.checkAccess.isAllowed).toBe(
      reasonsIn(world, { reference: user, type: 'USER' }, 'admin', { field: 'deviceUuid', uuid: device }).length > 0,
    );
    const seen = paths();
    const lookups = seen.filter((path) => path === '/v2/role-assignments');
    expect(lookups.length).toBeLessThanOrEqual(1 + groups.length);
    expect(seen.filter((path) => path !== '/v2/role-assignments').toSorted()).toEqual([
      '/v1/device_groups',
      '/v1/devices:batchGet',
      '/v1/users:batchGetUsers',
    ]);
  });

  it('costs no call for assignments while a census is fresh', async () => {
    const world = await open();
    await gateway.ask('{ census { subjectCount } }');
    expect(paths()).toEqual(['/v2/role-assignments']);
    const [user = ''] = [...world.groupsOfUser].find(([, groups]) => groups.length === 2) ?? [];
    const [place] = world.places;
    const { errors } = await gateway.ask(
      `{ checkAccess(subject: { reference: "${user}", type: USER }, roleName: "admin", at: { ${place?.field}: "${place?.uuid}" }) { ${check} }
         subject(reference: "${user}") { access { totalCount } }
         scope(by: { ${place?.field}: "${place?.uuid}" }) { access { totalCount gaps } }
         role(name: "admin") { scopes { totalCount } }
         subjects(filter: { roleName: "admin" }) { totalCount }
         search(text: "admin") { totalCount }
         named: subjects(filter: { text: "User" }) { totalCount asOf }
         census { roles { totalCount } scopes { totalCount } matrix { everywhere } findings { totalCount } } }`,
    );
    expect(errors).toBeUndefined();
    expect(paths().filter((path) => path === '/v2/role-assignments')).toEqual([]);
  });

  it.each([
    ['{ checkAccess(subject: { reference: "" }, roleName: "admin") { isAllowed } }'],
    ['{ checkAccess(subject: { reference: "a" }, roleName: "") { isAllowed } }'],
    ['{ role(name: "") { id } }'],
    ['{ census { matrix(firstRoles: 1001) { everywhere } } }'],
    ['{ census { matrix(firstScopes: -1) { everywhere } } }'],
  ])('is refused where it cannot be meant: %s', async (query) => {
    await open();
    const { errors } = await gateway.ask(query);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('the members of groups at a place', () => {
  const uuidOf = (kind: number, index: number): string =>
    `${kind}0000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const groups = Array.from({ length: 5 }, (_, index) => uuidOf(2, index));
  const users = Array.from({ length: 2100 }, (_, index) => uuidOf(1, index));
  const [tenant, otherTenant] = [uuidOf(3, 0), uuidOf(3, 1)];
  /** Users of three pages, and some whom only the directory knows. Two groups hold a role at the one tenant, all five at the other. */
  const worldOf = (strangers: readonly string[] = []) =>
    parseWorld({
      subjects: [
        ...groups.map((group, at) => ({
          subjectReference: group,
          subjectType: 'SUBJECT_TYPE_USER_GROUP',
          roles: [
            {
              roleName: 'admin',
              scopes: [{ tenantUuid: otherTenant }, ...(at < 2 ? [{ tenantUuid: tenant }] : [])],
            },
          ],
        })),
        ...users.map((user) => ({ subjectReference: user, subjectType: 'SUBJECT_TYPE_USER', roles: [] })),
      ],
      directory: {
        users: [...users, ...strangers].map((user, at) => ({
          uuid: user,
          displayName: user,
          userGroupUuids: [groups[at % 700] ?? 'none'],
        })),
      },
    });

  /** What the domain of users was asked, and how many can act there. */
  const ask = async (at: string, fields: string, variables = {}) => {
    const { data, errors } = await gateway.ask<{ scope: { access: { totalCount: number } } }, object>(
      `query ($names: Boolean = true) { scope(by: { tenantUuid: "${at}" }) { displayName @include(if: $names) access { totalCount } ${fields} } }`,
      variables,
    );
    expect(errors).toBeUndefined();
    return { calls: usersAsked(), everyone: data?.scope.access.totalCount };
  };
  const usersAsked = () => {
    const seen = gateway.sandbox.transcript().filter(({ path }) => path.startsWith('/v1/users'));
    gateway.sandbox.clearTranscript();
    return seen.map(({ query }) => query['userGroupUuid'] ?? 'all').toSorted();
  };
  const walk = ['all', 'all', 'all'];

  it('are asked of each group while these are no more than the pages of all users', async () => {
    gateway = await runGateway({ sandbox: { world: worldOf() } });
    expect(await ask(tenant, '')).toEqual({ calls: groups.slice(0, 2), everyone: 2 + 2 * 3 });
    // Names of subjects that are left out are not asked for.
    const unnamed = 'named: access { nodes @include(if: $names) { displayName } }';
    expect(await ask(tenant, unnamed, { names: false })).toEqual({ calls: [], everyone: 8 });
  });

  it('are read from all users where there are more groups than pages, and then of every other place', async () => {
    gateway = await runGateway({ sandbox: { world: worldOf() } });
    expect(await ask(otherTenant, '')).toEqual({ calls: walk, everyone: 5 + 5 * 3 });
    expect(await ask(tenant, '')).toEqual({ calls: [], everyone: 8 });
  });

  it('are asked of each group after all where there are more users than may be walked', async () => {
    const strangers = Array.from({ length: 1500 }, (_, index) => uuidOf(4, index));
    gateway = await runGateway({ sandbox: { world: worldOf(strangers) }, settings: { maxCensusCalls: 3 } });
    // The first page says how many there are.
    expect((await ask(otherTenant, '')).calls).toEqual([...groups, 'all'].toSorted());
    const { data } = await gateway.ask<{ scope: { access: object } }, object>(
      `{ scope(by: { tenantUuid: "${otherTenant}" }) { access { gaps totalCount } } }`,
    );
    // Of each seven hundred users five are in a group, and nothing is known to stand above a tenant.
    expect(data?.scope.access).toEqual({ gaps: ['NO_HIERARCHY'], totalCount: 5 + 5 * 6 });
    expect(usersAsked()).toEqual([]);
  });

  it('are read from all users where names are asked for as well, which come of the same walk', async () => {
    gateway = await runGateway({ sandbox: { world: worldOf() } });
    // Also where another field of the operation asks for the names, and asks in a fragment.
    const named = 'named: access { edges { node { ... on Subject { displayName resolution } } } }';
    expect(await ask(tenant, named)).toEqual({ calls: walk, everyone: 8 });
  });
});
