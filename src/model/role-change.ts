import type { Scope } from './subject.ts';

/** Where a role is to be given or taken. Upstream takes an empty list for everywhere; here everywhere has to be said. */
export type GrantPlace = 'everywhere' | readonly Scope[];

/** One role, for one subject, to be given or taken. */
export interface RoleChange {
  readonly subjectReference: string;
  /** Upstream's word, as the list of role assignments gave it, such as `SUBJECT_TYPE_USER`. */
  readonly rawSubjectType: string;
  readonly roleName: string;
  readonly place: GrantPlace;
}

/** A role as it is made. Upstream shows this only in the answer to its making, and never again. */
export interface RoleDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  /** Names of permissions, to the letter as upstream lists them. */
  readonly permissionNames: readonly string[];
}
