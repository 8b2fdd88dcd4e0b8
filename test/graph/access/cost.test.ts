import { afterEach, describe, expect, it } from 'vitest';
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
         census { roles { totalCount } scopes { totalCount } matrix { everywhere } findings { totalCount } } }`,
    );
    expect(errors).toBeUndefined();
    expect(paths().filter((path) => path === '/v2/role-assignments')).toEqual([]);
  });

  it.each([
    ['{ checkAccess(subject: { reference: "" }, roleName: "admin") { isAllowed } }'],
    ['{ checkAccess(subject: { reference: "a" }, roleName: "") { isAllowed } }'],
    ['{ census { matrix(firstRoles: 1001) { everywhere } } }'],
    ['{ census { matrix(firstScopes: -1) { everywhere } } }'],
  ])('is refused where it cannot be meant: %s', async (query) => {
    await open();
    const { errors } = await gateway.ask(query);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
