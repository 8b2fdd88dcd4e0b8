import type { Directory } from '../directory/directory.ts';
import type { Scope, ScopedRole, Subject } from '../model/subject.ts';
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
type ListFindings = (census: Census, question: FindingsQuestion, directory: Directory) => Promise<KeyedList<Finding>>;

/** Kinds that follow from a census alone. */
const ownKinds = findingKinds.filter((kind) => !needsDirectory(new Set([kind])));

/** What follows from a census alone is looked for once, whatever is asked of it, and forgotten with it. */
export const createListFindings = (): ListFindings => {
  const known = new WeakMap<Census, Promise<FindingLists>>();
  const findOwn = (census: Census): Promise<FindingLists> => {
    let own = known.get(census);
    if (own === undefined) known.set(census, (own = findAll(census, new Set(ownKinds), noDoubts)));
    return own;
  };
  return async (census, { kinds, minSeverity }, directory) => {
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
};

/** By kind and severity. */
type FindingLists = ReadonlyMap<string, FindingList>;

const listKey = (kind: FindingKind, severity: Severity): string => `${severity} ${kind}`;

const findDoubtful = async (
  census: Census,
  kinds: ReadonlySet<FindingKind>,
  directory: Directory,
): Promise<FindingLists> => findAll(census, kinds, await readDoubts(census, kinds, directory));

/** So many subjects and roles are a few milliseconds. */
const subjectsBetween = 5000;

/** Looks through all subjects, which are in order: so is what is found of each kind. Pauses every few milliseconds. */
const findAll = async (census: Census, asked: ReadonlySet<FindingKind>, doubts: Doubts): Promise<FindingLists> => {
  const lists = new Map<string, FindingList>();
  const found: Found[] = [];
  const pauses = new Pauses(subjectsBetween);
  const { subjects } = census;
  for (let rank = 0; rank < subjects.length; rank++) {
    const subject = subjects[rank] as Subject;
    findIn(subject, doubts, (kind, scopedRole, scope, because) => {
      if (asked.has(kind)) found.push({ kind, scopedRole, scope, because });
    });
    if (found.length > 0) {
      for (const each of distinctInOrder(found)) {
        const severity = severityOf(each.kind, subject.type);
        const key = listKey(each.kind, severity);
        let list = lists.get(key);
        if (list === undefined) lists.set(key, (list = new FindingList(each.kind, severity)));
        list.add(subject, each);
      }
      found.length = 0;
    }
    if (pauses.isDue(1 + subject.roles.length)) await pause();
  }
  return lists;
};

type Add = (kind: FindingKind, scopedRole: ScopedRole | null, scope: Scope | null, because?: Scope | null) => void;

/** All that is found of one subject, in no particular order; what is listed twice comes twice. */
const findIn = (subject: Subject, doubts: Doubts, add: Add): void => {
  if (doubts.isMissingSubject(subject)) add('MISSING_SUBJECT', null, null);
  if (subject.roles.length === 0) add('WITHOUT_ROLES', null, null);
  if (subject.type === 'UNKNOWN') add('UNKNOWN_KIND', null, null);
  const isUnreadable = doubts.isUnreadable(subject);
  for (const role of subject.roles) {
    if (role.scopes.length === 0) add('GLOBAL_GRANT', role, null);
    if (role.scopes.length === 0 && isUnreadable) add('GRANT_THROUGH_UNREADABLE_GROUP', role, null);
    for (const scope of role.scopes) {
      if (scope.kind === 'TENANT' || scope.kind === 'MSP') add('BROAD_GRANT', role, scope);
      if (doubts.isMissingScope(scope)) add('MISSING_SCOPE', role, scope);
      const given = doubts.givenAlready(role, scope);
      if (given !== undefined) add('REDUNDANT_GRANT', role, scope, given);
      if (isUnreadable) add('GRANT_THROUGH_UNREADABLE_GROUP', role, scope);
      for (const { kind } of scope.components) {
        if (kind === 'UNKNOWN') add('UNKNOWN_KIND', role, scope);
      }
    }
  }
};
