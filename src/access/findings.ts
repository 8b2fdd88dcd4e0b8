import type { Directory } from '../directory/directory.ts';
import type { Scope, ScopedRole, Subject } from '../model/subject.ts';
import { pause, Pauses } from '../platform/pause.ts';
import { componentsKey, compareScopes } from './census/scope-keys.ts';
import { compareTexts } from './census/sort.ts';
import type { Census } from './census/census.ts';
import { type FindingKind, findingKinds, type Severity, severities, severityOf } from './finding-kinds.ts';
import { explain } from './finding-explanations.ts';
import { type KeyedList, listName, listOf, type SortKey } from './keyed-list.ts';
import { type Doubts, readDoubts } from './finding-doubts.ts';

/** Something that somebody should look at. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly subject: Subject;
  /** The grant that it is about; null where it is about the subject. */
  readonly scopedRole: ScopedRole | null;
  /** The scope of that grant that it is about. */
  readonly scope: Scope | null;
  /** What is wrong, and what to do. */
  readonly explanation: string;
}

export interface FindingsQuestion {
  readonly kinds?: readonly FindingKind[] | undefined;
  /** Only findings at least as severe. */
  readonly minSeverity?: Severity | undefined;
}

/** What looks wrong: the most severe first, then by kind, subject, role and scope. The directory is asked only for kinds that need it. */
export const listFindings = async (
  census: Census,
  { kinds, minSeverity }: FindingsQuestion,
  directory: Directory,
): Promise<KeyedList<Finding>> => {
  const least = minSeverity === undefined ? severities.length - 1 : severities.indexOf(minSeverity);
  const asked = new Set(findingKinds.filter((kind) => kinds === undefined || kinds.includes(kind)));
  const isSevere = (severity: Severity): boolean => severities.indexOf(severity) <= least;
  const doubts = await readDoubts(
    census,
    new Set([...asked].filter((kind) => kind === 'GLOBAL_GRANT' || isSevere(severityOf(kind, undefined)))),
    directory,
  );
  const buckets = new Map<string, Finding[]>();
  const pauses = new Pauses(5000);
  for (const subject of census.subjects) {
    for (const found of findingsOf(subject, doubts)) {
      const severity = severityOf(found.kind, subject.type);
      if (!asked.has(found.kind) || !isSevere(severity)) continue;
      const key = `${severity} ${found.kind}`;
      const finding = { ...found, severity, subject };
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [finding]);
      else bucket.push(finding);
    }
    if (pauses.isDue(1 + subject.roles.length)) await pause();
  }
  // Subjects are in order, and so is what was found of each: putting the buckets in order is all that is left to sort.
  const findings = severities.flatMap((severity) =>
    findingKinds.flatMap((kind) => buckets.get(`${severity} ${kind}`) ?? []),
  );
  return listOf(findings, keyOf, {
    name: listName('findings', [...asked].join(' '), severities[least]),
    asOfMs: census.asOfMs,
    directions: [1, 1, 1, 1, 1, 1, 1, 1, 1],
  });
};

const keyOf = ({ severity, kind, subject, scopedRole, scope }: Finding): SortKey => [
  severities.indexOf(severity),
  findingKinds.indexOf(kind),
  subject.reference,
  subject.rawType,
  scopedRole?.name ?? '',
  scopedRole?.ordinal ?? 0,
  scope?.kind ?? '',
  scope?.uuid ?? '',
  scope === null ? '' : componentsKey(scope),
];

type Found = Pick<Finding, 'kind' | 'scopedRole' | 'scope' | 'explanation'>;

/** All that is found of one subject: of each kind in the order of the list. */
const findingsOf = (subject: Subject, doubts: Doubts): Found[] => {
  const found: Found[] = [];
  const add = (kind: FindingKind, scopedRole: ScopedRole | null, scope: Scope | null, because?: Scope | null): void => {
    found.push({ kind, scopedRole, scope, explanation: explain({ kind, subject, scopedRole, scope, because }) });
  };
  if (doubts.isMissingSubject(subject)) add('MISSING_SUBJECT', null, null);
  if (subject.roles.length === 0) add('WITHOUT_ROLES', null, null);
  if (subject.type === 'UNKNOWN') add('UNKNOWN_KIND', null, null);
  for (const role of inOrder(subject.roles)) {
    if (role.scopes.length === 0) add('GLOBAL_GRANT', role, null);
    if (role.scopes.length === 0 && doubts.isUnreadable(subject)) add('GRANT_THROUGH_UNREADABLE_GROUP', role, null);
    for (const scope of distinctInOrder(role.scopes)) {
      if (scope.kind === 'TENANT' || scope.kind === 'MSP') add('BROAD_GRANT', role, scope);
      if (doubts.isMissingScope(scope)) add('MISSING_SCOPE', role, scope);
      const given = doubts.givenAlready(role, scope);
      if (given !== undefined) add('REDUNDANT_GRANT', role, scope, given);
      if (doubts.isUnreadable(subject)) add('GRANT_THROUGH_UNREADABLE_GROUP', role, scope);
      if (scope.components.some(({ kind }) => kind === 'UNKNOWN')) add('UNKNOWN_KIND', role, scope);
    }
  }
  return found;
};

const inOrder = (roles: readonly ScopedRole[]): readonly ScopedRole[] =>
  roles.length < 2
    ? roles
    : roles.toSorted((one, other) => compareTexts(one.name, other.name) || one.ordinal - other.ordinal);

const distinctInOrder = (scopes: readonly Scope[]): readonly Scope[] =>
  scopes.length < 2
    ? scopes
    : scopes
        .toSorted(compareScopes)
        .filter((scope, at, sorted) => at === 0 || compareScopes(sorted[at - 1] as Scope, scope) !== 0);
