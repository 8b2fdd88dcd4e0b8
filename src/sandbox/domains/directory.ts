import type { Domain } from '../core/domain.ts';
import type { ApiRoute } from '../core/route.ts';
import {
  createDirectoryState,
  type DirectoryState,
  type DirectoryStateOptions,
} from '../world/directory/directory-state.ts';
import { createDevicesRoutes } from './devices/routes.ts';
import { createPoliciesRoutes } from './policies/routes.ts';
import { createUsersRoutes } from './users/routes.ts';

/** The domains that know who and what the uuids of role assignments are, over one directory. */
export interface DirectoryDomains {
  readonly state: DirectoryState;
  readonly routes: Readonly<Record<Exclude<Domain, 'identity'>, readonly ApiRoute[]>>;
}

/** Opens a directory and its domains. */
export const openDirectory = (options: DirectoryStateOptions): DirectoryDomains => {
  const state = createDirectoryState(options);
  return {
    state,
    routes: {
      users: createUsersRoutes(state),
      devices: createDevicesRoutes(state),
      policies: createPoliciesRoutes(state),
    },
  };
};
