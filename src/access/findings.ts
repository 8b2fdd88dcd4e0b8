import type { Directory } from '../directory/directory.ts';
import type { Scope, ScopedRole, Subject } from '../model/subject.ts';
import { pause, Pauses } from '../platform/pause.ts';
import { componentsKey, compareScopes } from './census/scope-keys.ts';
import { compareTexts } from './census/sort.ts';
import type { Census } from './census/census.ts';
import { type FindingKind, findingKinds, type Severity, severities, severityOf } from './finding-kinds.ts';
import { type KeyedList, listName, listOf, type SortKey } from './keyed-list.ts';
import { type Doubts, needsDirectory, noDoubts, readDoubts } from './finding-doubts.ts';

/** Something that somebody should look at. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly subject: Subject;
  /** The grant that it is about; null where it is about the subject. */
  readonly scopedRole: ScopedRole | null;
  /** The scope of that grant that it is about. */
  readonly scope: Scope | null;
  /** What already gives a redundant grant: a scope around its own; null for everywhere. */
  readonly because?: Scope | null | undefined;
}

export interface FindingsQuestion {
  readonly kinds?: readonly FindingKind[] | undefined;
  /** Only findings at least as severe. */
  readonly minSeverity?: Severity | undefined;
}

/** Lists what looks wrong: the most severe first, then by kind, subject, role and scope. The directory is asked only for kinds that need it. */
type ListFindings = (census: Census, question: FindingsQuestion, directory: Directory) => Promise<KeyedList<Finding>>;

/** What follows from a census alone is looked for once, and forgotten with it. */
export const createListFindings = (): ListFindings => {
  const known = new WeakMap<Census, Map<string, Promise<readonly Finding[]>>>();
  const findOnce = (census: Census, name: string, looking: Looking): Promise<readonly Finding[]> => {
    let found = known.get(census);
    if (found === undefined) known.set(census, (found = new Map()));
    let findings = found.get(name);
    if (findings === undefined) found.set(name, (findings = findAll(census, looking)));
    return findings;
  };
  return (census, question, directory) => listFindings(census, question, { directory, findOnce });
};

const listFindings = async (
  census: Census,
  { kinds, minSeverity }: FindingsQuestion,
  {
    directory,
    findOnce,
  }: {
    readonly directory: Directory;
    readonly findOnce: (census: Census, name: string, looking: Looking) => Promise<readonly Finding[]>;
  },
): Promise<KeyedList<Finding>> => {
  const least = minSeverity === undefined ? severities.length - 1 : severities.indexOf(minSeverity);
  const isSevere = (severity: Severity): boolean => severities.indexOf(severity) <= least;
  const asked = new Set(
    findingKinds.filter(
      (kind) => (kinds === undefined || kinds.includes(kind)) && isSevere(severityOf(kind, undefined)),
    ),
  );
  const name = listName('findings', [...asked].join(' '), severities[least]);
  const findings = await (needsDirectory(asked)
    ? findAll(census, { asked, isSevere, doubts: await readDoubts(census, asked, directory) })
    : findOnce(census, name, { asked, isSevere, doubts: noDoubts }));
  return listOf(findings, keyOf, { name, asOfMs: census.asOfMs, directions: [1, 1, 1, 1, 1, 1, 1, 1, 1] });
};

interface Looking {
  readonly asked: ReadonlySet<FindingKind>;
  readonly isSevere: (severity: Severity) => boolean;
  readonly doubts: Doubts;
}

const findAll = async (census: Census, { asked, isSevere, doubts }: Looking): Promise<readonly Finding[]> => {
  const buckets = new Map<string, Finding[]>();
  const pauses = new Pauses(5000);
  for (const subject of census.subjects) {
    findIn(subject, doubts, (kind, scopedRole, scope, because) => {
      const severity = severityOf(kind, subject.type);
      if (!asked.has(kind) || !isSevere(severity)) return;
      const key = `${severity} ${kind}`;
      const finding = { kind, severity, subject, scopedRole, scope, because };
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [finding]);
      else bucket.push(finding);
    });
    if (pauses.isDue(1 + subject.roles.length)) await pause();
  }
  // Subjects are in order, and so is what was found of each: putting the buckets in order is all that is left to sort.
  return severities.flatMap((severity) => findingKinds.flatMap((kind) => buckets.get(`${severity} ${kind}`) ?? []));
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

type Add = (kind: FindingKind, scopedRole: ScopedRole | null, scope: Scope | null, because?: Scope | null) => void;

/** All that is found of one subject: of each kind in the order of the list. */
const findIn = (subject: Subject, doubts: Doubts, add: Add): void => {
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
