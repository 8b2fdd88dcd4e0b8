import type { Scope, Subject } from '../model/subject.ts';
import { IntList } from './census/int-list.ts';
import { compareScopes, componentsKey } from './census/scope-keys.ts';
import { compareTexts } from './census/sort.ts';
import { type Finding, type FindingKind, findingKinds, type Severity, severities } from './finding-kinds.ts';
import type { KeyedList } from './keyed-list.ts';
import type { SortKey } from '../assignments/cursor/place.ts';

/** What was found of a subject, and where: which of its roles, and which scope of that. */
export interface Found extends Pick<Finding, 'kind' | 'scopedRole' | 'scope' | 'because'> {
  /** 0 where it is about no role. */
  readonly roleAt: number;
  /** 0 where it is about no scope. */
  readonly scopeAt: number;
}

/** Findings in order. */
export interface Findings {
  readonly length: number;
  at(index: number): Finding;
}

/** Findings of one kind and severity. Of a large account there are half a million: they are numbers, and an object is made only of those that are shown. */
export class FindingList {
  readonly #kind: FindingKind;
  readonly #severity: Severity;
  readonly #ranks = new IntList();
  /** Of each its role, counted from 1. */
  readonly #roles = new IntList();
  /** Of each its scope among those of the role, counted from 1. */
  readonly #scopes = new IntList();
  /** Of each its cause among `#causes`; empty where the kind has none. */
  readonly #becauses = new IntList();
  readonly #causes: (Scope | null)[] = [];
  readonly #causeNumbers = new Map<Scope | null, number>();

  constructor(kind: FindingKind, severity: Severity) {
    this.#kind = kind;
    this.#severity = severity;
  }

  get length(): number {
    return this.#ranks.length;
  }

  /** Of memory, about. */
  get sizeBytes(): number {
    const lists = [this.#ranks, this.#roles, this.#scopes, this.#becauses];
    return lists.reduce((sum, list) => sum + list.sizeBytes, bytesPerCause * this.#causes.length);
  }

  add(rank: number, { scopedRole, scope, because, roleAt, scopeAt }: Found): void {
    if (because !== undefined) this.#becauses.push(this.#causeNumber(because));
    this.#ranks.push(rank);
    this.#roles.push(scopedRole === null ? 0 : roleAt + 1);
    this.#scopes.push(scope === null ? 0 : scopeAt + 1);
  }

  /** Told of the subjects that it was found among. It holds none of them itself, so that it can be kept without them. */
  over(subjects: readonly Subject[]): Findings {
    return {
      length: this.length,
      at: (index) => {
        const subject = subjects[this.#ranks.at(index)] as Subject;
        const scopedRole = subject.roles[this.#roles.at(index) - 1] ?? null;
        return {
          kind: this.#kind,
          severity: this.#severity,
          subject,
          scopedRole,
          scope: scopedRole?.scopes[this.#scopes.at(index) - 1] ?? null,
          because: this.#becauses.length === 0 ? undefined : this.#causes[this.#becauses.at(index)],
        };
      },
    };
  }

  /** What gives a role already gives it to many: what stands above them is found once for all of a group. */
  #causeNumber(cause: Scope | null): number {
    let number = this.#causeNumbers.get(cause);
    if (number === undefined) {
      this.#causeNumbers.set(cause, (number = this.#causes.length));
      this.#causes.push(cause);
    }
    return number;
  }
}

/** A scope with its component, and its places in the list and the map. */
const bytesPerCause = 500;

/** Lists that stand one behind the other. */
export const joinLists = (
  lists: readonly Findings[],
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
