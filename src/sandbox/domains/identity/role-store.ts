import type { RoleOrigin, World } from '../../world/world.ts';

/** The roles that there are: those of the world, without the deleted and with the new ones. */
export interface RoleStore {
  originOf(name: string): RoleOrigin | undefined;
  add(name: string): void;
  delete(name: string): void;
  /** Forgets every change. */
  reset(): void;
}

/** The roles of a world, to begin with. */
export const createRoleStore = (world: World): RoleStore => {
  let roles: Map<string, RoleOrigin> | undefined;
  const all = (): Map<string, RoleOrigin> => (roles ??= new Map(world.roles()));
  return {
    originOf: (name) => all().get(name),
    add(name) {
      all().set(name, 'made');
    },
    delete(name) {
      all().delete(name);
    },
    reset() {
      roles = undefined;
    },
  };
};
