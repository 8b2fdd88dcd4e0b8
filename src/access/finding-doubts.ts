import type { Directory } from '../directory/directory.ts';
import { isLinkedKind } from '../directory/group-tree.ts';
import type { Scope, ScopedRole, ScopeKind, Subject } from '../model/subject.ts';
import type { Census } from './census/census.ts';
import { componentsKey } from './census/scope-keys.ts';
import type { FindingKind } from './finding-kinds.ts';
import { listsScope } from './reasons.ts';

/** What the directory says of a census, as far as findings need it. Says nothing where the directory cannot be read. */
export interface Doubts {
  isMissingSubject(subject: Subject): boolean;
  isMissingScope(scope: Scope): boolean;
  /** Whether it is a group whose members cannot be read. */
  isUnreadable(subject: Subject): boolean;
  /** What already gives the role at the scope: a scope around it, or null for everywhere. Undefined: nothing does. */
  givenAlready(role: ScopedRole, scope: Scope): Scope | null | undefined;
}

/** Of a directory that is not asked. */
export const noDoubts: Doubts = {
  isMissingSubject: () => false,
  isMissingScope: () => false,
  isUnreadable: () => false,
  givenAlready: () => undefined,
};

const doubtfulKinds: readonly FindingKind[] = [
  'MISSING_SUBJECT',
  'MISSING_SCOPE',
  'REDUNDANT_GRANT',
  'GRANT_THROUGH_UNREADABLE_GROUP',
];

/** Whether any of these kinds is told by the directory. */
export const needsDirectory = (kinds: ReadonlySet<FindingKind>): boolean =>
  doubtfulKinds.some((kind) => kinds.has(kind));

/** Asks the directory for what these kinds need, and for nothing else. */
export const readDoubts = async (
  census: Census,
  kinds: ReadonlySet<FindingKind>,
  directory: Directory,
): Promise<Doubts> => {
  const [missingSubjects, missingScopes, isUnreadable, pathOf] = await Promise.all([
    kinds.has('MISSING_SUBJECT') ? findMissingSubjects(census, directory) : new Set<Subject>(),
    kinds.has('MISSING_SCOPE') ? findMissingScopes(census, directory) : new Set<string>(),
    kinds.has('GRANT_THROUGH_UNREADABLE_GROUP') ? areGroupsUnreadable(census, directory) : false,
    kinds.has('REDUNDANT_GRANT') ? readPaths(census, directory) : undefined,
  ]);
  return {
    isMissingSubject: (subject) => missingSubjects.has(subject),
    isMissingScope: (scope) => missingScopes.size > 0 && missingScopes.has(componentsKey(scope)),
    isUnreadable: ({ type }) => isUnreadable && type === 'USER_GROUP',
    givenAlready: (role, scope) => (pathOf === undefined ? undefined : giverOf(role, scope, pathOf)),
  };
};

const findMissingSubjects = async (census: Census, directory: Directory): Promise<ReadonlySet<Subject>> => {
  const named = census.subjects.filter(({ type }) => type === 'USER' || type === 'DEVICE');
  const resolved = await Promise.all(named.map((subject) => directory.nameOfSubject(subject)));
  return new Set(named.filter((_, at) => resolved[at]?.resolution === 'MISSING'));
};

const namedKinds: readonly ScopeKind[] = ['USER', 'DEVICE', 'POLICY', 'ASSET_GROUP'];

const findMissingScopes = async (census: Census, directory: Directory): Promise<ReadonlySet<string>> => {
  const named = namedKinds.flatMap((kind) => {
    const { start, end } = census.scopesOfKind(kind);
    return Array.from({ length: end - start }, (_, at) => census.scopeAt(start + at).scope);
  });
  const resolved = await Promise.all(named.map((scope) => directory.nameOfScope(scope)));
  return new Set(named.filter((_, at) => resolved[at]?.resolution === 'MISSING').map(componentsKey));
};

/** Whether members can be read is a matter of the domain and the credential: one group tells it for all. */
const areGroupsUnreadable = async (census: Census, directory: Directory): Promise<boolean> => {
  const group = census.subjects.find(({ type, roles }) => type === 'USER_GROUP' && roles.length > 0);
  if (group === undefined) return false;
  const { resolution } = await directory.membersOf(group.reference);
  return resolution === 'FORBIDDEN' || resolution === 'UNAVAILABLE';
};

type PathOf = (scope: Scope) => readonly Scope[];

/** What stands above every scope that a subject has beside others of the same role. */
const readPaths = async (census: Census, directory: Directory): Promise<PathOf> => {
  const scopes = new Map<string, Scope>();
  for (const { roles } of census.subjects) {
    for (const role of roles) {
      if (!hasOthers(role)) continue;
      for (const scope of role.scopes) {
        const { kind } = scope;
        if (kind === 'DEVICE' || kind === 'ASSET_GROUP' || isLinkedKind(kind)) scopes.set(componentsKey(scope), scope);
      }
    }
  }
  const paths = new Map<string, readonly Scope[]>();
  await Promise.all(
    [...scopes].map(async ([key, scope]) => {
      const path = await directory.pathOf(scope);
      if (path.resolution === 'FOUND') paths.set(key, path.value.ancestors);
    }),
  );
  return (scope) => paths.get(componentsKey(scope)) ?? [];
};

const hasOthers = ({ subject, name, scopes }: ScopedRole): boolean =>
  scopes.length > 1 || subject.roles.filter((other) => other.name === name).length > 1;

const giverOf = (role: ScopedRole, scope: Scope, pathOf: PathOf): Scope | null | undefined => {
  if (!hasOthers(role)) return undefined;
  const sameRole = role.subject.roles.filter(({ name }) => name === role.name);
  if (sameRole.some(({ scopes }) => scopes.length === 0)) return null;
  const own = componentsKey(scope);
  const others = sameRole.flatMap(({ scopes }) => scopes).filter((other) => componentsKey(other) !== own);
  // A composite scope names what is above it as well; that is no other grant.
  return pathOf(scope).find((ancestor) => listsScope({ scopes: others }, ancestor));
};
