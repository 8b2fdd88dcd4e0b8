import type { Scope, ScopedRole, Subject } from '../model/subject.ts';
import { compareScopes, componentsKey } from './census/scope-keys.ts';
import { compareTexts } from './census/sort.ts';
import { type Finding, type FindingKind, findingKinds, type Severity, severities } from './finding-kinds.ts';
import type { KeyedList } from './keyed-list.ts';
import type { SortKey } from '../assignments/cursor/place.ts';

/** What was found of a subject. */
export type Found = Pick<Finding, 'kind' | 'scopedRole' | 'scope' | 'because'>;

/** Findings of one kind and severity. Of a large account there are a hundred thousand, so that an object is made only of those that are shown. */
export class FindingList {
  readonly #kind: FindingKind;
  readonly #severity: Severity;
  readonly #subjects: Subject[] = [];
  readonly #roles: (ScopedRole | null)[] = [];
  readonly #scopes: (Scope | null)[] = [];
  /** Only of kinds that have something to say there. */
  readonly #becauses = new Map<number, Scope | null>();

  constructor(kind: FindingKind, severity: Severity) {
    this.#kind = kind;
    this.#severity = severity;
  }

  get length(): number {
    return this.#subjects.length;
  }

  add(subject: Subject, { scopedRole, scope, because }: Found): void {
    if (because !== undefined) this.#becauses.set(this.#subjects.length, because);
    this.#subjects.push(subject);
    this.#roles.push(scopedRole);
    this.#scopes.push(scope);
  }

  at(index: number): Finding {
    return {
      kind: this.#kind,
      severity: this.#severity,
      subject: this.#subjects[index] as Subject,
      scopedRole: this.#roles[index] ?? null,
      scope: this.#scopes[index] ?? null,
      because: this.#becauses.get(index),
    };
  }
}

/** Lists that stand one behind the other. */
export const joinLists = (
  lists: readonly FindingList[],
  facts: Pick<KeyedList<Finding>, 'name' | 'asOfMs'>,
): KeyedList<Finding> => {
  const at = (index: number): Finding => {
    let left = index;
    for (const list of lists) {
      if (left < list.length) return list.at(left);
      left -= list.length;
    }
    throw new RangeError(`there is no finding ${index}`);
  };
  return {
    ...facts,
    length: lists.reduce((length, list) => length + list.length, 0),
    at,
    keyAt: (index) => keyOf(at(index)),
    directions: [1, 1, 1, 1, 1, 1, 1, 1, 1],
  };
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

/** What was found of one subject as `keyOf` orders it, each once however often the scope is listed. */
export const distinctInOrder = (found: readonly Found[]): readonly Found[] =>
  found.length < 2
    ? found
    : found
        .toSorted(compareFound)
        .filter((each, at, sorted) => at === 0 || compareFound(sorted[at - 1] as Found, each) !== 0);

const compareFound = (one: Found, other: Found): number =>
  findingKinds.indexOf(one.kind) - findingKinds.indexOf(other.kind) ||
  compareTexts(one.scopedRole?.name ?? '', other.scopedRole?.name ?? '') ||
  (one.scopedRole?.ordinal ?? 0) - (other.scopedRole?.ordinal ?? 0) ||
  compareWhere(one.scope, other.scope);

const compareWhere = (one: Scope | null, other: Scope | null): number => {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  return compareScopes(one, other);
};
