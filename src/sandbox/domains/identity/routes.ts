import type { DomainRoutes } from '../../core/route.ts';
import { createWritableWorld } from '../../world/written-world.ts';
import { createListRoleAssignments } from './role-assignments.ts';
import { createTokenRoute, type TokenIssuer } from './token-endpoint.ts';
import type { Writes, WritesParts } from './writes.ts';

/** What the Identity domain works on. */
type IdentityParts = TokenIssuer & Omit<WritesParts, 'written'>;

export interface Identity extends DomainRoutes {
  /** The calls that write. */
  readonly writes: () => Promise<Writes>;
  /** Forgets everything that was written. */
  readonly reset: () => void;
}

/** The Identity domain over a world, which it lets be written to, and the token endpoint, which shares its origin here. */
export const createIdentity = (parts: IdentityParts): Identity => {
  const written = createWritableWorld(parts.world);
  let writes: Writes | undefined;
  const loadWrites = async (): Promise<Writes> => {
    const { createWrites } = await import('./writes.ts');
    return (writes ??= createWrites({ ...parts, written }));
  };
  return {
    routes: [createTokenRoute(parts), createListRoleAssignments(parts.world, written)],
    loadMore: async () => (await loadWrites()).routes,
    writes: loadWrites,
    reset() {
      written.reset();
      writes?.reset();
    },
  };
};
