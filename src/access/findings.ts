import type { Directory } from '../directory/directory.ts';
import type { Scope, ScopeComponent, ScopedRole, Subject } from '../model/subject.ts';
import { pause, Pauses } from '../platform/pause.ts';
import type { Census } from './census/census.ts';
import { type Doubts, needsDirectory, noDoubts, readDoubts } from './finding-doubts.ts';
import {
  type Finding,
  type FindingKind,
  findingKinds,
  type Severity,
  severities,
  severityOf,
} from './finding-kinds.ts';
import { distinctInOrder, FindingList, type Found, joinLists } from './finding-lists.ts';
import { type KeyedList, listName } from './keyed-list.ts';

export interface FindingsQuestion {
  readonly kinds?: readonly FindingKind[] | undefined;
  /** Only findings at least as severe. */
  readonly minSeverity?: Severity | undefined;
}

/** Lists what looks wrong: the most severe first, then by kind, subject, role and scope. The directory is asked only for kinds that need it. */
interface FindingsLister {
  list(census: Census, question: FindingsQuestion, directory: Directory): Promise<KeyedList<Finding>>;
  /** Looks now for what follows from the census alone, so that whoever asks need not wait for it. Takes a while, and pauses in it. Never rejects. */
  prepare(census: Census): Promise<void>;
}

/** Kinds that follow from a census alone. */
const ownKinds = findingKinds.filter((kind) => !needsDirectory(new Set([kind])));

/** What follows from a census alone is looked for once, whatever is asked of it, and forgotten with it. */
export const createFindingsLister = (): FindingsLister => {
  const known = new WeakMap<Census, Promise<FindingLists>>();
  const findOwn = (census: Census): Promise<FindingLists> => {
    let own = known.get(census);
    if (own === undefined) known.set(census, (own = findAll(census, new Set(ownKinds), noDoubts)));
    return own;
  };
  const list: FindingsLister['list'] = async (census, { kinds, minSeverity }, directory) => {
    const least = minSeverity === undefined ? severities.length - 1 : severities.indexOf(minSeverity);
    const asked = findingKinds.filter(
      (kind) =>
        (kinds === undefined || kinds.includes(kind)) && severities.indexOf(severityOf(kind, undefined)) <= least,
    );
    const doubtful = new Set(asked.filter((kind) => !ownKinds.includes(kind)));
    const [inCensus, inDirectory] = await Promise.all([
      doubtful.size === asked.length ? undefined : findOwn(census),
      doubtful.size === 0 ? undefined : findDoubtful(census, doubtful, directory),
    ]);
    const lists = severities
      .slice(0, least + 1)
      .flatMap((severity) =>
        asked.map((kind) => (doubtful.has(kind) ? inDirectory : inCensus)?.get(listKey(kind, severity))),
      )
      .filter((list) => list !== undefined);
    return joinLists(lists, {
      name: listName('findings', asked.join(' '), severities[least]),
      asOfMs: census.asOfMs,
    });
  };
  return {
    list,
    async prepare(census) {
      // Whoever asks is told what went wrong.
      await findOwn(census).catch(() => {});
    },
  };
};

/** By kind and severity. */
type FindingLists = ReadonlyMap<string, FindingList>;

const listKey = (kind: FindingKind, severity: Severity): string => `${severity} ${kind}`;

const findDoubtful = async (
  census: Census,
  kinds: ReadonlySet<FindingKind>,
  directory: Directory,
): Promise<FindingLists> => findAll(census, kinds, await readDoubts(census, kinds, directory));

/** So many subjects, roles and scopes are a few milliseconds. */
const lookedAtBetween = 4000;

/** Looks through all subjects, which are in order: so is what is found of each kind. Pauses every few milliseconds. */
const findAll = async (census: Census, asked: ReadonlySet<FindingKind>, doubts: Doubts): Promise<FindingLists> => {
  const lists = new Map<string, FindingList>();
  const pauses = new Pauses(lookedAtBetween);
  const { subjects } = census;
  for (let rank = 0; rank < subjects.length; rank++) {
    const subject = subjects[rank] as Subject;
    const finder = new SubjectFinder(asked);
    const looks = finder.look(subject, doubts);
    for (const each of distinctInOrder(finder.found)) {
      const severity = severityOf(each.kind, subject.type);
      const key = listKey(each.kind, severity);
      let list = lists.get(key);
      if (list === undefined) lists.set(key, (list = new FindingList(each.kind, severity, subjects)));
      list.add(rank, each);
    }
    if (pauses.isDue(looks)) await pause();
  }
  return lists;
};

/** Finds what looks wrong with one subject. */
class SubjectFinder {
  /** In no particular order; what is listed twice comes twice. */
  readonly found: Found[] = [];
  readonly #asked: ReadonlySet<FindingKind>;

  constructor(asked: ReadonlySet<FindingKind>) {
    this.#asked = asked;
  }

  /** Answers how much there was to look at. */
  look(subject: Subject, doubts: Doubts): number {
    // A look at the roles of a kept subject may make them.
    const { type, roles } = subject;
    if (doubts.isMissingSubject(subject)) this.#add('MISSING_SUBJECT', nowhere);
    if (roles.length === 0) this.#add('WITHOUT_ROLES', nowhere);
    if (type === 'UNKNOWN') this.#add('UNKNOWN_KIND', nowhere);
    const isUnreadable = doubts.isUnreadable(subject);
    let looks = 1;
    for (let roleAt = 0; roleAt < roles.length; roleAt++) {
      const scopedRole = roles[roleAt] as ScopedRole;
      const { scopes } = scopedRole;
      looks += 1 + scopes.length;
      if (scopes.length === 0) {
        const everywhere: Grant = { scopedRole, roleAt, scope: null, scopeAt: 0 };
        this.#add('GLOBAL_GRANT', everywhere);
        if (isUnreadable) this.#add('GRANT_THROUGH_UNREADABLE_GROUP', everywhere);
      }
      for (let scopeAt = 0; scopeAt < scopes.length; scopeAt++) {
        const scope = scopes[scopeAt] as Scope;
        const grant: Grant = { scopedRole, roleAt, scope, scopeAt };
        if (scope.kind === 'TENANT' || scope.kind === 'MSP') this.#add('BROAD_GRANT', grant);
        if (doubts.isMissingScope(scope)) this.#add('MISSING_SCOPE', grant);
        const because = doubts.givenAlready(scopedRole, scope);
        if (because !== undefined) this.#add('REDUNDANT_GRANT', grant, because);
        if (isUnreadable) this.#add('GRANT_THROUGH_UNREADABLE_GROUP', grant);
        if (scope.components.some(isUnknown)) this.#add('UNKNOWN_KIND', grant);
      }
    }
    return looks;
  }

  #add(kind: FindingKind, { scopedRole, roleAt, scope, scopeAt }: Grant, because?: Scope | null): void {
    // Spelled out: a spread makes a hidden class of its own for each of half a million.
    if (this.#asked.has(kind)) this.found.push({ kind, scopedRole, roleAt, scope, scopeAt, because });
  }
}

type Grant = Pick<Found, 'scopedRole' | 'roleAt' | 'scope' | 'scopeAt'>;

const nowhere: Grant = { scopedRole: null, roleAt: 0, scope: null, scopeAt: 0 };

const isUnknown = ({ kind }: ScopeComponent): boolean => kind === 'UNKNOWN';
