import type { Directory, Known } from '../directory/directory.ts';
import { isLinkedKind } from '../directory/group-tree.ts';
import type { Scope, ScopedRole, ScopeKind, Subject } from '../model/subject.ts';
import { type TurnTaker, workInTurns } from '../platform/work-in-turns.ts';
import type { Census } from './census/census.ts';
import type { FindingKind } from './finding-kinds.ts';
import { createGrantsFinder } from './grants-beside.ts';

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

interface DoubtsParts {
  readonly directory: Pick<Directory, 'membersOf' | 'readMany'>;
  readonly taker: TurnTaker;
}

/** Asks the directory for what these kinds need, and for nothing else, in turns. */
export const readDoubts = async (
  census: Census,
  kinds: ReadonlySet<FindingKind>,
  below: DoubtsParts,
): Promise<Doubts> => {
  const { directory } = below;
  const [asksSubjects, asksScopes] = [kinds.has('MISSING_SUBJECT'), kinds.has('MISSING_SCOPE')];
  const asksPaths = kinds.has('REDUNDANT_GRANT');
  const [known, isUnreadable] = await Promise.all([
    directory.readMany({
      subjects: asksSubjects ? census.subjects : [],
      scopes: asksScopes ? namedScopes(census) : [],
      places: asksPaths ? scopesBesideOthers(census) : [],
    }),
    kinds.has('GRANT_THROUGH_UNREADABLE_GROUP') && areGroupsUnreadable(census, below),
  ]);
  return {
    isMissingSubject: (subject) => asksSubjects && known.nameOfSubject(subject).resolution === 'MISSING',
    isMissingScope: (scope) =>
      asksScopes && namedKinds.has(scope.kind) && known.nameOfScope(scope).resolution === 'MISSING',
    isUnreadable: ({ type }) => isUnreadable && type === 'USER_GROUP',
    givenAlready: asksPaths ? createGiverFinder(known) : () => undefined,
  };
};

/** Of what there is a list to be missing from. */
const namedKinds: ReadonlySet<ScopeKind> = new Set(['USER', 'DEVICE', 'POLICY', 'ASSET_GROUP']);

function* namedScopes(census: Census): Generator<Scope> {
  for (const kind of namedKinds) {
    const { start, end } = census.scopesOfKind(kind);
    for (let index = start; index < end; index++) yield census.scopeAt(index).scope;
  }
}

/** Scopes that a subject has beside others of the same role, and above which something can stand. */
function* scopesBesideOthers({ subjects }: Census): Generator<Scope | undefined> {
  const grantsOf = createGrantsFinder();
  for (const { roles } of subjects) {
    yield undefined;
    for (const role of roles) {
      if (grantsOf(role).isSingle) continue;
      for (const scope of role.scopes) if (hasPath(scope)) yield scope;
    }
  }
}

const hasPath = ({ kind }: Scope): boolean => kind === 'DEVICE' || kind === 'ASSET_GROUP' || isLinkedKind(kind);

/** Whether members can be read is a matter of the domain and the credential: one group tells it for all. */
const areGroupsUnreadable = async (census: Census, { directory, taker }: DoubtsParts): Promise<boolean> => {
  const group = await firstGroup(census, taker);
  if (group === undefined) return false;
  const { resolution } = await directory.membersOf(group.reference);
  return resolution === 'FORBIDDEN' || resolution === 'UNAVAILABLE';
};

/** The first that holds a role. */
const firstGroup = async ({ subjects }: Census, taker: TurnTaker): Promise<Subject | undefined> => {
  let group: Subject | undefined;
  function* untilFound(): Generator<Subject> {
    for (const subject of subjects) {
      if (group !== undefined) return;
      yield subject;
    }
  }
  await workInTurns(untilFound(), taker, (subject) => {
    if (subject.type === 'USER_GROUP' && subject.roles.length > 0) group = subject;
  });
  return group;
};

/** Finds what already gives a role at a scope. */
const createGiverFinder = (known: Pick<Known, 'pathOf'>): Doubts['givenAlready'] => {
  const grantsOf = createGrantsFinder();
  return (role, scope) => {
    const grants = grantsOf(role);
    if (grants.isSingle) return undefined;
    if (grants.isGlobal) return null;
    return grants.firstListedBeside(scope, known.pathOf(scope).value?.ancestors ?? []);
  };
};
