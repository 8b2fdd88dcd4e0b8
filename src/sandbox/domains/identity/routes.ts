import type { Route } from '../../core/route.ts';
import type { Directory } from '../../world/directory/directory.ts';
import type { World } from '../../world/world.ts';
import { createWritableWorld } from '../../world/written-world.ts';
import { createChangeRoutes } from './change-routes.ts';
import { listPermissions } from './permissions.ts';
import { createListRoleAssignments } from './role-assignments.ts';
import { createRoleRoutes } from './role-routes.ts';
import { createRoleStore } from './role-store.ts';
import { createSubjectChanges, type SubjectChanges } from './subject-changes.ts';
import { createTokenRoute, type TokenIssuer } from './token-endpoint.ts';

/** What the Identity domain works on. */
export interface IdentityParts extends TokenIssuer {
  readonly world: World;
  /** Who and what else there is, once it was loaded. */
  readonly directory: () => Directory | undefined;
  readonly loadDirectory: () => Promise<unknown>;
}

export interface Identity {
  /** Every call of the domain, and the token endpoint, which shares its origin here. */
  readonly routes: readonly Route[];
  /** What somebody else may do meanwhile. */
  readonly changes: SubjectChanges;
  /** Forgets everything that was written. */
  readonly reset: () => void;
}

/** The Identity domain over a world, which it lets be written to. */
export const createIdentity = (parts: IdentityParts): Identity => {
  const { world, accounts, loadDirectory } = parts;
  const written = createWritableWorld(world);
  const roles = createRoleStore(world);
  const changes = createSubjectChanges({ ...parts, written, roles });
  return {
    changes,
    routes: [
      createTokenRoute(parts),
      createListRoleAssignments(world, written),
      ...createChangeRoutes({ accounts, changes, loadDirectory }),
      ...createRoleRoutes(roles, written),
      listPermissions,
    ],
    reset() {
      written.reset();
      roles.reset();
    },
  };
};
