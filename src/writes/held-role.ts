import type { GrantPlace } from '../model/role-change.ts';
import { createSubject, type Scope, type ScopedRole, type Subject } from '../model/subject.ts';
import { keyPart } from '../platform/key-part.ts';

/** What a subject holds of one role, all entries together: upstream may list a role, or a scope, several times. */
export interface HeldRole {
  readonly isGlobal: boolean;
  /** By what they name. */
  readonly scopes: ReadonlyMap<string, Scope>;
}

/** What a subject that may not be there holds of a role. */
export const heldRole = (subject: Subject | null, roleName: string): HeldRole => {
  const roles = subject?.roles.filter(({ name }) => name === roleName) ?? [];
  return {
    isGlobal: roles.some(({ scopes }) => scopes.length === 0),
    scopes: byKey(roles.flatMap(({ scopes }) => scopes)),
  };
};

/** Each scope once. */
export const byKey = (scopes: readonly Scope[]): ReadonlyMap<string, Scope> =>
  new Map(scopes.map((scope) => [scopeKey(scope), scope]));

/** Equal for scopes that name the same, in whatever order upstream wrote their fields. */
const scopeKey = ({ components }: Scope): string =>
  components
    .map(({ field, uuid }) => keyPart(field) + keyPart(uuid))
    .toSorted()
    .join('');

/** The part of a place that a role is, or is not, held at. */
export const partOf = (place: GrantPlace, held: HeldRole, isHeld: boolean): GrantPlace | undefined => {
  if (place === 'everywhere') return held.isGlobal === isHeld ? place : undefined;
  const part = [...byKey(place)].filter(([key]) => held.scopes.has(key) === isHeld).map(([, scope]) => scope);
  return part.length === 0 ? undefined : part;
};

/** Scopes that were held before, are not among those taken away, and are held no more. */
export const lostBeside = (before: HeldRole, after: HeldRole, taken: GrantPlace): readonly Scope[] => {
  const wanted = taken === 'everywhere' ? new Map<string, Scope>() : byKey(taken);
  return [...before.scopes].filter(([key]) => !wanted.has(key) && !after.scopes.has(key)).map(([, scope]) => scope);
};

/** Who is changed, where nothing was read of them that could stand for them. */
export interface ChangedSubject {
  readonly subject: Subject | null;
  readonly reference: string;
  readonly rawType: string;
}

/** A role at a place, as a subject holds it: with just these scopes, or everywhere. */
export const rolesAt = (
  { subject, reference, rawType }: ChangedSubject,
  roleName: string,
  place: GrantPlace,
): readonly ScopedRole[] => {
  const { roles } = createSubject(reference, rawType, [
    { name: roleName, scopes: place === 'everywhere' ? [] : place },
  ]);
  return subject === null ? roles : roles.map((role) => ({ ...role, subject }));
};

/** What came from one reading to the next: a role for what is held everywhere, and one with just the scopes. */
export const difference = (
  who: ChangedSubject,
  roleName: string,
  { from, to }: { readonly from: HeldRole; readonly to: HeldRole },
): readonly ScopedRole[] => {
  const scopes = [...to.scopes].filter(([key]) => !from.scopes.has(key)).map(([, scope]) => scope);
  return [
    ...(to.isGlobal && !from.isGlobal ? rolesAt(who, roleName, 'everywhere') : []),
    ...(scopes.length > 0 ? rolesAt(who, roleName, scopes) : []),
  ];
};
