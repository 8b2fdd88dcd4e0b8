import type { CreateRoleRequest, CreateRoleResponse } from '../../../wire/identity.ts';
import { uuidFrom } from '../../core/credentials/accounts.ts';
import { Problem } from '../../core/problem.ts';
import type { ApiRoute } from '../../core/route.ts';
import type { WritableWorld } from '../../world/written-world.ts';
import { permissionNames } from './permissions.ts';
import type { RoleStore } from './role-store.ts';

const nameShape = /^[A-Za-z0-9_-]{1,100}$/;

/** `POST /v2/roles` and `DELETE /v2/roles/{roleName}`. */
export const createRoleRoutes = (roles: RoleStore, written: WritableWorld): readonly ApiRoute[] => [
  {
    method: 'POST',
    path: '/v2/roles',
    functionality: 'roles.write',
    body: async () => (await import('./bodies.ts')).checkCreateRole,
    write({ body, settings }): CreateRoleResponse {
      // Checked by the route's `body`.
      const { role = {} } = body as CreateRoleRequest;
      const { name = '', displayName = '', description = '', permissionNames: permissions = [] } = role;
      if (!nameShape.test(name)) throw new Problem(400, 'name is not 1 to 100 letters, digits, - and _');
      if (roles.originOf(name) !== undefined) throw new Problem(settings.nameTaken, 'there is a role of this name');
      if (!permissions.every((permission) => permissionNames().includes(permission))) {
        throw new Problem(400, 'there is no such permission');
      }
      const given = settings.renames ? uuidFrom(`role ${name}`) : name;
      roles.add(given);
      return { role: { name: given, displayName, description, permissionNames: permissions } };
    },
  },
  {
    method: 'DELETE',
    path: '/v2/roles/{roleName}',
    functionality: 'roles.write',
    parameters: { roleName: { kind: 'text', isInPath: true } },
    write({ args, settings, places, nowMs }) {
      const name = args.text('roleName');
      const origin = roles.originOf(name);
      if (origin === undefined) throw new Problem(404, 'there is no such role');
      if (origin === 'builtIn') throw new Problem(settings.deleteBuiltIn, 'a role that came with the product stays');
      // It is taken from everybody, so rights over some of them are not enough.
      if (places !== 'all')
        throw new Problem(403, 'access denied: deleting a role needs rights over all static groups');
      roles.delete(name);
      written.deleteRole(name, nowMs + settings.visibleAfterMs);
      return {};
    },
  },
];
