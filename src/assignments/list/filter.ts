import type { Scope, ScopedRole, Subject } from '../../model/subject.ts';
import { countHolders, createHolderFinder } from '../../pages/subjects/compact.ts';
import type { WantedRole } from '../../pages/subjects/holdings.ts';
import type { MatchRoles, RoleFilter, ScopeMatcher, SubjectsQuestion } from '../assignments.ts';

/** The scoped roles of a subject that meet the filter, in upstream's order. */
export const matchingRoles: MatchRoles = (subject, filter) => {
  const test = testOf(filter);
  return subject.roles.filter((role) => meets(role, test));
};

/**
 * Tells whether a listed subject is part of the answer. Everything is checked, also what was asked of upstream: the answer
 * must be right where upstream applies less than it was asked for. Made once for many subjects.
 */
export const createMatcher = ({ reference, type, role }: SubjectsQuestion): ((subject: Subject) => boolean) => {
  const wanted = role && wantedRole(role);
  const findHolder = wanted && createHolderFinder(wanted);
  return (subject) => {
    if (reference !== undefined && subject.reference !== reference) return false;
    if (type !== undefined && subject.type !== type) return false;
    // What is kept of large pages tells it by numbers.
    return wanted === undefined || (findHolder?.(subject) ?? subject.roles.some((held) => meets(held, wanted)));
  };
};

/** Tells how many of some listed subjects are part of the answer. Made once for many lists. */
export const createMatchCounter = (question: SubjectsQuestion): ((subjects: readonly Subject[]) => number) => {
  const matches = createMatcher(question);
  const { reference, type, role } = question;
  const wanted = reference === undefined && type === undefined && role !== undefined ? wantedRole(role) : undefined;
  return (subjects) => {
    const known = wanted && countHolders(subjects, wanted);
    if (known !== undefined) return known;
    let count = 0;
    for (const subject of subjects) if (matches(subject)) count++;
    return count;
  };
};

/** What one role is tested by. */
type RoleTest = Omit<WantedRole, 'uuids'>;

const wantedRole = (filter: RoleFilter): WantedRole => ({
  ...testOf(filter),
  uuids: new Set(filter.scopes?.flatMap((matcher) => matcher.map(({ uuid }) => uuid))),
});

const testOf = ({ name, scopes, includeGlobal = false, isGlobal }: RoleFilter): RoleTest => ({
  name,
  everywhere: isGlobal !== false && (scopes === undefined || (includeGlobal && scopes.length > 0)),
  somewhere: isGlobal !== true,
  isScope:
    scopes && (isGlobal === true ? () => false : (scope) => scopes.some((matcher) => isScopeNamed(scope, matcher))),
});

const meets = (role: ScopedRole, { name, everywhere, somewhere, isScope }: RoleTest): boolean => {
  if (name !== undefined && role.name !== name) return false;
  if (role.scopes.length === 0) return everywhere;
  return isScope === undefined ? somewhere : role.scopes.some(isScope);
};

const isScopeNamed = ({ components }: Scope, matcher: ScopeMatcher): boolean =>
  matcher.length === 0
    ? components.length === 0
    : matcher.every(({ field, uuid }) =>
        components.some((component) => component.field === field && component.uuid === uuid),
      );
