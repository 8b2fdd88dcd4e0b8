import type { HeldNumbers, PageNumbers } from '../../model/held-numbers.ts';
import {
  noScopes,
  type RoleContent,
  type Scope,
  type ScopedRole,
  type Subject,
  tieRoles,
} from '../../model/subject.ts';
import { arrayBytes, textBytes } from '../sizes.ts';
import { CompactScope, compactScope, plainScope, scopeBytes } from './compact-scope.ts';

/** What a role has to be that somebody looks for among those that subjects hold. */
export interface WantedRole {
  /** Absent: any name. */
  readonly name?: string | undefined;
  /** Whether one that holds everywhere will do. */
  readonly everywhere: boolean;
  /** Whether one that lists scopes will do. */
  readonly somewhere: boolean;
  /** Of one that lists scopes, whether one of these will do. Absent: any. */
  readonly isScope?: ((scope: Scope) => boolean) | undefined;
  /** `isScope` is true of no scope with one component whose uuid is not among these. */
  readonly uuids: ReadonlySet<string>;
}

/** The same in the numbers of one page. */
interface FoundRole extends Pick<WantedRole, 'everywhere' | 'somewhere'> {
  readonly name: number | undefined;
  readonly places: ReadonlySet<number> | undefined;
}

/** What the subjects of one page hold. */
export class Holdings implements HeldNumbers {
  readonly #numbers: PageNumbers;
  readonly #names: readonly string[];
  readonly #scopes: readonly Scope[];
  /** Of each name how many subjects hold a role of it. */
  readonly #holderCounts: readonly number[];
  #made: Map<number, readonly ScopedRole[]> | undefined;
  #plainScopes: (Scope | undefined)[] | undefined;

  constructor({ numbers, names, scopes, holderCounts }: HeldNumbers & { readonly holderCounts: readonly number[] }) {
    this.#numbers = numbers;
    this.#names = names;
    this.#scopes = scopes;
    this.#holderCounts = holderCounts;
  }

  get numbers(): PageNumbers {
    return this.#numbers;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  get scopes(): readonly Scope[] {
    return this.#scopes;
  }

  get sizeBytes(): number {
    let bytes = this.#numbers.byteLength + arrayBytes(this.#scopes.length) + arrayBytes(this.#names.length);
    for (const name of this.#names) bytes += textBytes(name.length);
    for (const scope of this.#scopes) bytes += scopeBytes(scope);
    return bytes;
  }

  /** The roles that begin there, of that subject: the same ones again for as long as this page is among those looked at last. */
  rolesOf(subject: Subject, start: number): readonly ScopedRole[] {
    if (!lookAt(this, start)) return (latest.roles ??= this.#makeRoles(subject, start, false));
    const made = (this.#made ??= new Map());
    const known = made.get(start);
    if (known !== undefined) return known;
    const roles = this.#makeRoles(subject, start, true);
    made.set(start, roles);
    return roles;
  }

  /** Whether a subject holds what is wanted, by where its roles begin. Makes nothing, and looks at each scope once for all subjects. */
  finder(wanted: WantedRole): (start: number) => boolean {
    const found = this.#find(wanted);
    if (found === undefined) return () => false;
    return (start) => {
      const numbers = this.#numbers;
      let at = start + 1;
      for (let left = numbers[start] as number; left > 0; left--) {
        if (this.#isMet(at, found)) return true;
        at += 2 + (numbers[at + 1] as number);
      }
      return false;
    };
  }

  /** How many of its subjects hold what is wanted. */
  count(wanted: WantedRole): number {
    const found = this.#find(wanted);
    if (found === undefined) return 0;
    const { name, places, everywhere, somewhere } = found;
    if (name !== undefined && places === undefined && everywhere && somewhere)
      return this.#holderCounts[name] as number;
    const numbers = this.#numbers;
    let count = 0;
    for (let at = 0; at < numbers.length;) {
      let isMet = false;
      let left = numbers[at++] as number;
      for (; left > 0; left--) {
        isMet ||= this.#isMet(at, found);
        at += 2 + (numbers[at + 1] as number);
      }
      if (isMet) count++;
    }
    return count;
  }

  /** Undefined: nobody here holds it. */
  #find({ name, isScope, uuids, everywhere, somewhere }: WantedRole): FoundRole | undefined {
    const number = name === undefined ? undefined : this.#names.indexOf(name);
    const places = isScope === undefined ? undefined : this.#placesOf(isScope, uuids);
    if (number === -1 || (places?.size === 0 && !everywhere)) return undefined;
    return { name: number, places, everywhere, somewhere };
  }

  #isMet(at: number, { name, places, everywhere, somewhere }: FoundRole): boolean {
    const numbers = this.#numbers;
    if (name !== undefined && numbers[at] !== name) return false;
    const end = at + 2 + (numbers[at + 1] as number);
    if (end === at + 2) return everywhere;
    if (places === undefined) return somewhere;
    for (let scope = at + 2; scope < end; scope++) if (places.has(numbers[scope] as number)) return true;
    return false;
  }

  #placesOf(isScope: (scope: Scope) => boolean, uuids: ReadonlySet<string>): ReadonlySet<number> {
    const [only] = uuids;
    const mayBe = uuids.size === 1 ? (uuid: string) => uuid === only : (uuid: string) => uuids.has(uuid);
    const places = new Set<number>();
    this.#scopes.forEach((scope, place) => {
      if (scope instanceof CompactScope && !mayBe(scope.uuid)) return;
      if (isScope(scope)) places.add(place);
    });
    return places;
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

/** Pages whose roles stay made: what filters the same list again and again would otherwise make them anew each time. Less than a megabyte each. */
const maxLookedAt = 16;
/** Those looked at last, the latest at the end. */
const lookedAt: Holdings[] = [];

/** So many subjects of a page one after the other, and somebody goes through it. Who goes through an account in another order than its pages' looks at each for one subject at a time. */
const looksInTurn = 4;
/** What was looked at last; its roles are the same ones for whoever looks at the same subject twice. */
const latest: {
  page?: Holdings | undefined;
  start: number;
  looks: number;
  roles?: readonly ScopedRole[] | undefined;
} = { start: 0, looks: 0 };

/** Whether what is made of that page stays made. */
const lookAt = (page: Holdings, start: number): boolean => {
  if (lookedAt.at(-1) === page) return true;
  const at = lookedAt.indexOf(page);
  if (at >= 0) {
    lookedAt.splice(at, 1);
  } else {
    const isSamePage = latest.page === page;
    if (isSamePage && latest.start === start) return false;
    latest.looks = isSamePage ? latest.looks + 1 : 1;
    latest.page = page;
    latest.start = start;
    latest.roles = undefined;
    if (latest.looks < looksInTurn) return false;
    latest.page = undefined;
    if (lookedAt.length === maxLookedAt) lookedAt.shift()?.forget();
  }
  lookedAt.push(page);
  return true;
};

/** Writes down what the subjects of a page hold, one after the other. */
export class HoldingsWriter {
  readonly #numbers: number[] = [];
  readonly #names = new Map<string, number>();
  readonly #places = new Map<Scope, number>();
  readonly #scopes: Scope[] = [];
  readonly #holderCounts: number[] = [];
  /** Of each name where the roles of its last holder begin. */
  readonly #lastHolders: number[] = [];
  readonly #keep: (scope: Scope) => Scope;

  /** `keep`: what is noted of a scope. Default: itself in less memory. */
  constructor(keep: (scope: Scope) => Scope = compactScope) {
    this.#keep = keep;
  }

  /** Numbers written so far. */
  get length(): number {
    return this.#numbers.length;
  }

  /** Where they begin. */
  add(roles: readonly ScopedRole[]): number {
    const numbers = this.#numbers;
    const start = numbers.push(roles.length) - 1;
    for (const { name, scopes } of roles) {
      const number = this.#numberOf(name);
      if (this.#lastHolders[number] !== start) {
        this.#lastHolders[number] = start;
        this.#holderCounts[number] = (this.#holderCounts[number] ?? 0) + 1;
      }
      numbers.push(number, scopes.length);
      for (const scope of scopes) numbers.push(this.#placeOf(scope));
    }
    return start;
  }

  end(): Holdings {
    let largest = 0;
    for (const number of this.#numbers) if (number > largest) largest = number;
    // Made to measure.
    const numbers = largest < 2 ** 16 ? Uint16Array.from(this.#numbers) : Uint32Array.from(this.#numbers);
    return new Holdings({
      numbers,
      names: [...this.#names.keys()],
      scopes: this.#scopes.slice(),
      holderCounts: this.#holderCounts.slice(),
    });
  }

  #numberOf(name: string): number {
    let number = this.#names.get(name);
    if (number === undefined) this.#names.set(name, (number = this.#names.size));
    return number;
  }

  #placeOf(scope: Scope): number {
    let place = this.#places.get(scope);
    if (place === undefined) this.#places.set(scope, (place = this.#scopes.push(this.#keep(scope)) - 1));
    return place;
  }
}
