import type { Route } from '../../core/route.ts';
import type { World } from '../../world/world.ts';
import { createListRoleAssignments } from './role-assignments.ts';
import { createTokenRoute, type TokenIssuer } from './token-endpoint.ts';

/** What the Identity domain works on. */
export interface IdentityParts extends TokenIssuer {
  readonly world: World;
}

/** Every call of the Identity domain, and the token endpoint, which shares its origin here. */
export const createIdentityRoutes = (parts: IdentityParts): readonly Route[] => [
  createTokenRoute(parts),
  createListRoleAssignments(parts.world),
];
