import type { Scope, ScopedRole, Subject } from '../../model/subject.ts';
import type { MatchRoles, RoleFilter, ScopeMatcher, SubjectsQuestion } from '../assignments.ts';

/** The scoped roles of a subject that meet the filter, in upstream's order. */
export const matchingRoles: MatchRoles = (subject, filter) => subject.roles.filter((role) => meets(role, filter));

/**
 * Whether a listed subject is part of the answer. Everything is checked, also what was asked of upstream: the answer
 * must be right where upstream applies less than it was asked for.
 */
export const matchesQuestion = (subject: Subject, { reference, type, role }: SubjectsQuestion): boolean =>
  (reference === undefined || subject.reference === reference) &&
  (type === undefined || subject.type === type) &&
  (role === undefined || subject.roles.some((held) => meets(held, role)));

const meets = (role: ScopedRole, { name, scopes, includeGlobal = false, isGlobal }: RoleFilter): boolean => {
  if (name !== undefined && role.name !== name) return false;
  if (isGlobal !== undefined && isGlobal !== (role.scopes.length === 0)) return false;
  if (scopes === undefined) return true;
  if (role.scopes.length === 0) return includeGlobal && scopes.length > 0;
  return role.scopes.some((scope) => scopes.some((matcher) => isScope(scope, matcher)));
};

const isScope = ({ components }: Scope, matcher: ScopeMatcher): boolean =>
  matcher.length === 0
    ? components.length === 0
    : matcher.every(({ field, uuid }) =>
        components.some((component) => component.field === field && component.uuid === uuid),
      );
