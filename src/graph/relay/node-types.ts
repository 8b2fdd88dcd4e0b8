import type { Scope, ScopedRole, Subject } from '../../model/subject.ts';

/** A role by its name. Roles cannot be read back from upstream, so a handle is all there is. */
export interface RoleHandle {
  readonly roleName: string;
}

/** Every value that is a `Node`. */
export type NodeValue = Subject | ScopedRole | Scope | RoleHandle;

/** Name of the type of a node. The model's objects are shared, so nothing is written on them to tell. */
export const nodeTypeNameOf = (value: NodeValue): string => {
  if ('roleName' in value) return 'Role';
  if ('components' in value) return 'Scope';
  return 'ordinal' in value ? 'ScopedRole' : 'Subject';
};
