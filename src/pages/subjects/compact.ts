import {
  createScope,
  type RoleContent,
  type Scope,
  type ScopeComponent,
  type ScopedRole,
  type ScopeKind,
  type Subject,
  type SubjectType,
  tieRoles,
} from '../../model/subject.ts';
import { arrayBytes, objectBytes, textBytes } from '../sizes.ts';

/**
 * The same subjects in a third of the memory: what they hold lies in one list of numbers for all of them, and the objects of their roles are made when somebody
 * looks. For what is kept, and large: looking takes a little longer.
 */
export const compactSubjects = (subjects: readonly Subject[]): readonly Subject[] => {
  if (subjects.some((subject) => subject instanceof CompactSubject)) return subjects;
  const writer = new HoldingsWriter();
  const starts = Uint32Array.from(subjects, ({ roles }) => writer.add(roles));
  const holdings = writer.end();
  return subjects.map(
    ({ reference, type, rawType }, at) =>
      new CompactSubject({ reference, type, rawType }, holdings, starts[at] as number),
  );
};

/** About how many bytes a subject of `compactSubjects` takes by itself; undefined for any other. */
export const compactBytes = (subject: Subject): number | undefined =>
  subject instanceof CompactSubject ? objectBytes(5) + textBytes(subject.reference.length) : undefined;

/** What a subject of `compactSubjects` shares with others, and about how many bytes that takes. */
export const sharedHoldings = (subject: Subject): { readonly sizeBytes: number } | undefined =>
  subject instanceof CompactSubject ? subject.holdings : undefined;

/** What the subjects of one page hold. */
class Holdings {
  /** Of each subject how many roles, and of each role its name, how many scopes, and these. */
  readonly #numbers: Uint32Array;
  readonly #names: readonly string[];
  readonly #scopes: readonly Scope[];
  #made: Map<number, readonly ScopedRole[]> | undefined;
  #plainScopes: (Scope | undefined)[] | undefined;

  constructor(numbers: Uint32Array, names: readonly string[], scopes: readonly Scope[]) {
    this.#numbers = numbers;
    this.#names = names;
    this.#scopes = scopes;
  }

  get sizeBytes(): number {
    let bytes = 4 * this.#numbers.length + arrayBytes(this.#scopes.length);
    for (const name of this.#names) bytes += textBytes(name.length);
    for (const scope of this.#scopes) bytes += scopeBytes(scope);
    return bytes;
  }

  /** The roles that begin there, of that subject: the same ones again for as long as this page is among those looked at last. */
  rolesOf(subject: Subject, start: number): readonly ScopedRole[] {
    if (!lookAt(this, start)) return this.#makeRoles(subject, start, false);
    const made = (this.#made ??= new Map());
    const known = made.get(start);
    if (known !== undefined) return known;
    const roles = this.#makeRoles(subject, start, true);
    made.set(start, roles);
    return roles;
  }

  /** Lets go of everything that can be made again. */
  forget(): void {
    this.#made = undefined;
    this.#plainScopes = undefined;
  }

  #makeRoles(subject: Subject, start: number, areKept: boolean): readonly ScopedRole[] {
    const numbers = this.#numbers;
    const count = numbers[start] as number;
    const roles = new Array<RoleContent>(count);
    let at = start + 1;
    for (let role = 0; role < count; role++) {
      const name = this.#names[numbers[at] as number] as string;
      const scopeCount = numbers[at + 1] as number;
      at += 2;
      let scopes = noScopes;
      if (scopeCount > 0) {
        const listed = new Array<Scope>(scopeCount);
        for (let scope = 0; scope < scopeCount; scope++)
          listed[scope] = this.#scopeAt(numbers[at++] as number, areKept);
        scopes = listed;
      }
      roles[role] = { name, scopes };
    }
    const tied = new Array<ScopedRole>(count);
    tieRoles(subject, roles, tied);
    return tied;
  }

  #scopeAt(place: number, isKept: boolean): Scope {
    const scope = this.#scopes[place] as Scope;
    if (!isKept) return scope;
    const plain = (this.#plainScopes ??= new Array<Scope | undefined>(this.#scopes.length));
    return (plain[place] ??= plainScope(scope));
  }
}

const noScopes: readonly Scope[] = [];

/** Pages whose roles stay made: what filters the same list again and again would otherwise make them anew each time. Less than a megabyte each. */
const maxLookedAt = 16;
/** Those looked at last, the latest at the end. */
const lookedAt: Holdings[] = [];

/** So many subjects of a page one after the other, and somebody goes through it. Who goes through an account in another order than its pages' looks at each for one subject at a time. */
const looksInTurn = 4;
const latest: { page?: Holdings | undefined; start: number; looks: number } = { start: 0, looks: 0 };

/** Whether what is made of that page stays made. */
const lookAt = (page: Holdings, start: number): boolean => {
  if (lookedAt.at(-1) === page) return true;
  const at = lookedAt.indexOf(page);
  if (at >= 0) {
    lookedAt.splice(at, 1);
  } else {
    if (latest.page !== page) [latest.page, latest.start, latest.looks] = [page, start, 1];
    else if (latest.start !== start) [latest.start, latest.looks] = [start, latest.looks + 1];
    if (latest.looks < looksInTurn) return false;
    latest.page = undefined;
    if (lookedAt.length === maxLookedAt) lookedAt.shift()?.forget();
  }
  lookedAt.push(page);
  return true;
};

class CompactSubject implements Subject {
  readonly reference: string;
  readonly type: SubjectType;
  readonly rawType: string;
  readonly #holdings: Holdings;
  readonly #start: number;

  constructor({ reference, type, rawType }: Omit<Subject, 'roles'>, holdings: Holdings, start: number) {
    this.reference = reference;
    this.type = type;
    this.rawType = rawType;
    this.#holdings = holdings;
    this.#start = start;
  }

  get holdings(): Holdings {
    return this.#holdings;
  }

  /** Equal ones each time, not always the same. */
  get roles(): readonly ScopedRole[] {
    return this.#holdings.rolesOf(this, this.#start);
  }
}

/** Nearly every scope has one component, which would take more room than the scope. */
class CompactScope implements Scope {
  readonly kind: ScopeKind;
  readonly uuid: string;
  readonly #field: string;

  constructor({ kind, field, uuid }: ScopeComponent) {
    this.kind = kind;
    this.uuid = uuid;
    this.#field = field;
  }

  get components(): readonly ScopeComponent[] {
    return [{ kind: this.kind, field: this.#field, uuid: this.uuid }];
  }
}

const compactScope = (scope: Scope): Scope => {
  const [component] = scope.components;
  return component !== undefined && scope.components.length === 1 ? new CompactScope(component) : scope;
};

const plainScope = (scope: Scope): Scope => (scope instanceof CompactScope ? createScope(scope.components) : scope);

const scopeBytes = (scope: Scope): number => {
  if (scope instanceof CompactScope) return objectBytes(3) + textBytes(scope.uuid.length);
  let bytes = objectBytes(3) + arrayBytes(scope.components.length);
  for (const { uuid } of scope.components) bytes += objectBytes(3) + textBytes(uuid.length);
  return bytes;
};

class HoldingsWriter {
  readonly #numbers: number[] = [];
  readonly #names = new Map<string, number>();
  readonly #places = new Map<Scope, number>();
  readonly #scopes: Scope[] = [];

  /** Where they begin. */
  add(roles: readonly ScopedRole[]): number {
    const numbers = this.#numbers;
    const start = numbers.push(roles.length) - 1;
    for (const { name, scopes } of roles) {
      numbers.push(this.#numberOf(name), scopes.length);
      for (const scope of scopes) numbers.push(this.#placeOf(scope));
    }
    return start;
  }

  end(): Holdings {
    // Made to measure.
    return new Holdings(Uint32Array.from(this.#numbers), [...this.#names.keys()], this.#scopes.slice());
  }

  #numberOf(name: string): number {
    let number = this.#names.get(name);
    if (number === undefined) this.#names.set(name, (number = this.#names.size));
    return number;
  }

  #placeOf(scope: Scope): number {
    let place = this.#places.get(scope);
    if (place === undefined) this.#places.set(scope, (place = this.#scopes.push(compactScope(scope)) - 1));
    return place;
  }
}
