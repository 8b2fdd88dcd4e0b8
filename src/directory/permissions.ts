import type { Operation } from '../model/operation.ts';
import type { Permission } from '../model/permission.ts';
import { plainList } from '../pages/paged-list.ts';
import { listPermissions } from '../upstream/endpoints/permissions.ts';
import { type DirectoryParts, openList } from './sources.ts';

/** What roles can be made of, by name. Fails as a walk does: nobody asks for it beside something else that could be told without it. */
export const createPermissions = (
  parts: DirectoryParts,
): ((operation: Operation) => Promise<readonly Permission[]>) => {
  const { name, keyOf } = listPermissions;
  const { whole } = openList(parts, listPermissions, plainList({ name, keyOf }));
  return async (operation) =>
    (await whole.read({}, operation)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
};
