import type { Scope, ScopedRole, Subject } from '../model/subject.ts';
import { componentsKey, partOf } from './census/scope-keys.ts';
import { listsScope } from './reasons.ts';

/** All that a subject holds under one name. */
interface GrantsOfRole {
  /** Whether this is one role with at most one scope, so that nothing stands beside it. */
  readonly isSingle: boolean;
  readonly isGlobal: boolean;
  /** The first of some places that a scope other than `own` lists. */
  firstListedBeside(own: Scope, places: readonly Scope[]): Scope | undefined;
}

/**
 * Finds what a subject holds under the name of a role. For whoever asks about each grant of a subject and then goes on to the next one: a subject is looked through once, because it may
 * have thousands of scopes, and making the roles of a kept one takes time.
 */
export const createGrantsFinder = (): ((role: ScopedRole) => GrantsOfRole) => {
  let last: SubjectGrants | undefined;
  return (role) => {
    if (last?.subject !== role.subject) last = new SubjectGrants(role.subject);
    return last.of(role);
  };
};

const nothingBeside: GrantsOfRole = { isSingle: true, isGlobal: false, firstListedBeside: () => undefined };
const onlyGlobal: GrantsOfRole = { ...nothingBeside, isGlobal: true };

/** So many roles or scopes are looked through as they are: most subjects have two or three. */
const few = 8;

class SubjectGrants {
  readonly subject: Subject;
  readonly #roles: readonly ScopedRole[];
  #byName: Map<string, GrantsOfRole> | undefined;

  constructor(subject: Subject) {
    this.subject = subject;
    this.#roles = subject.roles;
  }

  of({ name, scopes }: ScopedRole): GrantsOfRole {
    if (scopes.length <= 1 && this.#roles.length <= few && this.#isOnlyOne(name)) {
      return scopes.length === 0 ? onlyGlobal : nothingBeside;
    }
    return (this.#byName ??= grantsByName(this.#roles)).get(name) ?? nothingBeside;
  }

  #isOnlyOne(name: string): boolean {
    let count = 0;
    for (const role of this.#roles) if (role.name === name) count++;
    return count === 1;
  }
}

const grantsByName = (roles: readonly ScopedRole[]): Map<string, GrantsOfRole> => {
  const rolesByName = new Map<string, ScopedRole[]>();
  for (const role of roles) {
    const others = rolesByName.get(role.name);
    if (others === undefined) rolesByName.set(role.name, [role]);
    else others.push(role);
  }
  return new Map(Array.from(rolesByName, ([name, same]) => [name, grantsOf(same)]));
};

interface KeyedScope {
  readonly key: string;
  readonly scope: Scope;
}

const grantsOf = (roles: readonly ScopedRole[]): GrantsOfRole => {
  let candidates: ((place: Scope) => readonly KeyedScope[]) | undefined;
  return {
    isSingle: roles.length === 1 && (roles[0]?.scopes.length ?? 0) <= 1,
    isGlobal: roles.some(({ scopes }) => scopes.length === 0),
    firstListedBeside(own, places) {
      if (places.length === 0) return undefined;
      const of = (candidates ??= candidatesAmong(roles));
      const ownKey = componentsKey(own);
      // A composite scope names what is above it as well; that is no other grant.
      return places.find((place) =>
        of(place).some(({ key, scope }) => key !== ownKey && listsScope({ scopes: [scope] }, place)),
      );
    },
  };
};

/** Which scopes may list a place: each once. */
const candidatesAmong = (roles: readonly ScopedRole[]): ((place: Scope) => readonly KeyedScope[]) => {
  const byKey = new Map<string, Scope>();
  for (const { scopes } of roles) for (const scope of scopes) byKey.set(componentsKey(scope), scope);
  const all = Array.from(byKey, ([key, scope]) => ({ key, scope }));
  if (all.length <= few) return () => all;
  const byComponent = new Map<string, KeyedScope[]>();
  for (const keyed of all) {
    for (const component of new Set(keyed.scope.components.map(partOf))) {
      const others = byComponent.get(component);
      if (others === undefined) byComponent.set(component, [keyed]);
      else others.push(keyed);
    }
  }
  return ({ components: [component] }) => (component === undefined ? [] : (byComponent.get(partOf(component)) ?? []));
};
