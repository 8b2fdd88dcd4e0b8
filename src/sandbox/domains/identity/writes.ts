import type { Accounts } from '../../core/credentials/accounts.ts';
import type { ApiRoute } from '../../core/route.ts';
import type { Directory } from '../../world/directory/directory.ts';
import type { World } from '../../world/world.ts';
import type { WritableWorld } from '../../world/written-world.ts';
import { createChangeRoutes } from './change-routes.ts';
import { listPermissions } from './permissions.ts';
import { createRoleRoutes } from './role-routes.ts';
import { createRoleStore } from './role-store.ts';
import { createSubjectChanges, type SubjectChanges } from './subject-changes.ts';

export interface WritesParts {
  readonly accounts: Accounts;
  /** The world as it was before anything was written. */
  readonly world: World;
  readonly written: WritableWorld;
  /** Who and what else there is, once it was loaded. */
  readonly directory: () => Directory | undefined;
  readonly loadDirectory: () => Promise<unknown>;
}

/** What a start does not need of Identity: everything but the list. */
export interface Writes {
  readonly routes: readonly ApiRoute[];
  /** What somebody else may do meanwhile. */
  readonly changes: SubjectChanges;
  /** Forgets the roles that were made and deleted. */
  readonly reset: () => void;
}

/** The calls that write, and the permissions that roles are made of. */
export const createWrites = (parts: WritesParts): Writes => {
  const { world, written, accounts, loadDirectory } = parts;
  const roles = createRoleStore(world);
  const changes = createSubjectChanges({ ...parts, roles });
  return {
    changes,
    routes: [
      ...createChangeRoutes({ accounts, changes, loadDirectory }),
      ...createRoleRoutes(roles, written),
      listPermissions,
    ],
    reset: () => roles.reset(),
  };
};
