import type { Scope, ScopedRole, Subject } from '../model/subject.ts';

/** A role and one of the scopes that it is held at. */
export interface Held {
  readonly role: ScopedRole;
  /** Absent: it is held everywhere. */
  readonly scope?: Scope;
}

/** What a subject holds, each assignment once: sorted by role, scope kind and scope uuid, so that the same holdings are written the same however, and however often, upstream lists them. */
export const heldBy = ({ roles }: Pick<Subject, 'roles'>): readonly Held[] =>
  roles
    .flatMap((role): Held[] => (role.scopes.length === 0 ? [{ role }] : role.scopes.map((scope) => ({ role, scope }))))
    .sort(byRoleAndScope)
    .filter((held, at, sorted) => at === 0 || byRoleAndScope(sorted[at - 1] as Held, held) !== 0);

/** The scopes of a role in the same order. */
export const sortedScopes = (scopes: readonly Scope[]): readonly Scope[] => scopes.toSorted(byScope);

/** The roles of a subject by name, and then by what they are held at. */
export const sortedRoles = (subject: Subject): readonly ScopedRole[] =>
  subject.roles
    .map((role) => ({ role, scopes: sortedScopes(role.scopes) }))
    .sort((one, other) => byText(one.role.name, other.role.name) || byScopes(one.scopes, other.scopes))
    .map(({ role }) => role);

const byScopes = (one: readonly Scope[], other: readonly Scope[]): number => {
  for (const [index, scope] of one.entries()) {
    const beside = other[index];
    const difference = beside === undefined ? 1 : byScope(scope, beside);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
};

const byRoleAndScope = (one: Held, other: Held): number =>
  byText(one.role.name, other.role.name) || byOptionalScope(one.scope, other.scope);

/** Held everywhere comes first. */
const byOptionalScope = (one: Scope | undefined, other: Scope | undefined): number => {
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined);
  return byScope(one, other);
};

const byScope = (one: Scope, other: Scope): number =>
  byText(one.kind, other.kind) || byText(one.uuid, other.uuid) || byText(componentsText(one), componentsText(other));

const componentsText = ({ components }: Scope): string =>
  components.length < 2
    ? (components[0]?.field ?? '')
    : components
        .map(({ field, uuid }) => `${field} ${uuid}`)
        .sort()
        .join(' ');

/** By code units: the same everywhere, whatever the language of the machine. */
const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
