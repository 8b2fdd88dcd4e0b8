import type { Scope, ScopedRole, Subject } from '../model/subject.ts';
import { componentsKey, partOf } from './census/scope-keys.ts';
import { listsScope } from './reasons.ts';

/** All that a subject holds under one name. */
interface GrantsOfRole {
  /** Whether this is one role with at most one scope, so that nothing stands beside it. */
  readonly isSingle: boolean;
  readonly isGlobal: boolean;
  /** Whether a scope other than `own` lists `place`. */
  isListedBeside(own: Scope, place: Scope): boolean;
}

/**
 * Finds what a subject holds under the name of a role. For whoever asks about each grant of a subject and then goes on to the next one: a subject is looked through once, because it may
 * have thousands of scopes, and making the roles of a kept one takes time.
 */
export const createGrantsFinder = (): ((role: ScopedRole) => GrantsOfRole) => {
  let last: { readonly subject: Subject; readonly byName: ReadonlyMap<string, GrantsOfRole> } | undefined;
  return ({ subject, name }) => {
    if (last?.subject !== subject) last = { subject, byName: grantsByName(subject) };
    return last.byName.get(name) ?? nothing;
  };
};

const nothing: GrantsOfRole = { isSingle: true, isGlobal: false, isListedBeside: () => false };

const grantsByName = ({ roles }: Subject): ReadonlyMap<string, GrantsOfRole> => {
  const rolesByName = new Map<string, ScopedRole[]>();
  for (const role of roles) {
    const others = rolesByName.get(role.name);
    if (others === undefined) rolesByName.set(role.name, [role]);
    else others.push(role);
  }
  return new Map([...rolesByName].map(([name, same]) => [name, grantsOf(same)]));
};

const grantsOf = (roles: readonly ScopedRole[]): GrantsOfRole => {
  let byComponent: ReadonlyMap<string, readonly KeyedScope[]> | undefined;
  return {
    isSingle: roles.length === 1 && (roles[0]?.scopes.length ?? 0) <= 1,
    isGlobal: roles.some(({ scopes }) => scopes.length === 0),
    isListedBeside(own, place) {
      const [component] = place.components;
      if (component === undefined) return false;
      const listed = (byComponent ??= indexScopes(roles)).get(partOf(component)) ?? [];
      const ownKey = componentsKey(own);
      // A composite scope names what is above it as well; that is no other grant.
      return listed.some(({ key, scope }) => key !== ownKey && listsScope({ scopes: [scope] }, place));
    },
  };
};

interface KeyedScope {
  readonly key: string;
  readonly scope: Scope;
}

/** Each scope once, under each of its components. */
const indexScopes = (roles: readonly ScopedRole[]): ReadonlyMap<string, readonly KeyedScope[]> => {
  const byKey = new Map<string, Scope>();
  for (const { scopes } of roles) for (const scope of scopes) byKey.set(componentsKey(scope), scope);
  const byComponent = new Map<string, KeyedScope[]>();
  for (const [key, scope] of byKey) {
    for (const component of new Set(scope.components.map(partOf))) {
      const others = byComponent.get(component);
      if (others === undefined) byComponent.set(component, [{ key, scope }]);
      else others.push({ key, scope });
    }
  }
  return byComponent;
};
