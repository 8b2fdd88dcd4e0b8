import {
  areAlike,
  componentPlaces,
  endOfScope,
  type Places,
  rolePlaces,
  type ScannedBytes,
  scopePlaces,
  type SubjectInBytes,
  subjectPlaces,
} from '../../model/scanned-page.ts';
import {
  createScope,
  noScopes,
  type RoleContent,
  type Scope,
  type ScopeComponent,
  type ScopedRole,
  scopeFieldOf,
  scopeKinds,
  tieRoles,
  type KnownScopeKind,
  type Subject,
  type SubjectType,
  subjectTypeOf,
  unspecifiedRawType,
} from '../../model/subject.ts';
import { viewOf } from '../../platform/byte-text.ts';

/** A body, and where in it everything stands. What repeats within it is made once. */
export class ScannedPage implements ScannedBytes {
  readonly mostScopes: number;
  #body: Buffer | undefined;
  #bytes: DataView | undefined;
  #places: Places | undefined;
  /** Texts of which there are few, and where one of each stands. */
  readonly #words: { readonly place: number; readonly text: string }[] = [];
  readonly #scopes = new Map<KnownScopeKind, Map<string, Scope>>();

  constructor(body: Buffer, places: Places, mostScopes: number) {
    this.#body = body;
    this.#bytes = viewOf(body);
    this.#places = places;
    this.mostScopes = mostScopes;
  }

  get bytes(): DataView {
    return this.#bytes ?? disposedOf();
  }

  get places(): Places {
    return this.#places ?? disposedOf();
  }

  /** From now on reading what has not been made yet throws: what it stood in is somebody else's. False: it has let go before. */
  letGo(): boolean {
    if (this.#body === undefined) return false;
    this.#body = undefined;
    this.#bytes = undefined;
    this.#places = undefined;
    return true;
  }

  /** The text whose from and to stand there. */
  textAt(place: number): string {
    const { places } = this;
    return (this.#body ?? disposedOf()).toString('latin1', places[place], places[place + 1]);
  }

  /** A text of which there are few. */
  wordAt(place: number): string {
    for (const word of this.#words) if (areAlike(this, word.place, place)) return word.text;
    const text = this.textAt(place);
    if (this.#words.length < maxWords) this.#words.push({ place, text });
    return text;
  }

  /** The roles whose places begin there. */
  rolesAt(subject: Subject, start: number, count: number): readonly ScopedRole[] {
    const roles = new Array<RoleContent>(count);
    let at = start;
    for (let role = 0; role < count; role++) {
      const name = this.wordAt(at);
      const scopeCount = this.places[at + 2] as number;
      at += rolePlaces;
      let scopes = noScopes;
      if (scopeCount > 0) {
        const listed = new Array<Scope>(scopeCount);
        for (let scope = 0; scope < scopeCount; scope++) {
          listed[scope] = this.#scopeAt(at);
          at = endOfScope(this.places, at);
        }
        scopes = listed;
      }
      roles[role] = { name, scopes };
    }
    const tied = new Array<ScopedRole>(count);
    tieRoles(subject, roles, tied);
    return tied;
  }

  #scopeAt(place: number): Scope {
    const count = this.places[place] as number;
    const first = place + scopePlaces;
    if (count === 1) return this.#sharedScope(this.#kindAt(first), this.textAt(first + 1));
    const components = new Array<ScopeComponent>(count);
    for (let i = 0; i < count; i++) {
      const kind = this.#kindAt(first + componentPlaces * i);
      const uuid = this.textAt(first + componentPlaces * i + 1);
      components[i] = { kind, field: scopeFieldOf(kind), uuid };
    }
    return createScope(components);
  }

  #kindAt(place: number): KnownScopeKind {
    return scopeKinds[this.places[place] as number] as KnownScopeKind;
  }

  #sharedScope(kind: KnownScopeKind, uuid: string): Scope {
    let byUuid = this.#scopes.get(kind);
    if (byUuid === undefined) this.#scopes.set(kind, (byUuid = new Map()));
    let scope = byUuid.get(uuid);
    if (scope === undefined) {
      scope = { kind, uuid, components: [{ kind, field: scopeFieldOf(kind), uuid }] };
      byUuid.set(uuid, scope);
    }
    return scope;
  }
}

const disposedOf = (): never => {
  throw new Error('What stood on this page has not been read in time: the page has been disposed of.');
};

/** Types, and names of roles: looking through more of them costs more than making one. */
const maxWords = 16;

/** A subject of a scanned page: what is asked for of it is made then. */
export class ScannedSubject implements Subject, SubjectInBytes {
  readonly page: ScannedPage;
  readonly start: number;
  #reference: string | undefined;
  #roles: readonly ScopedRole[] | undefined;

  constructor(page: ScannedPage, start: number) {
    this.page = page;
    this.start = start;
  }

  get reference(): string {
    return (this.#reference ??= this.page.textAt(this.start));
  }

  get rawType(): string {
    return this.page.wordAt(this.start + 2) || unspecifiedRawType;
  }

  get type(): SubjectType {
    return subjectTypeOf(this.rawType);
  }

  get roles(): readonly ScopedRole[] {
    return (this.#roles ??= this.page.rolesAt(this, this.start + subjectPlaces, this.#roleCount));
  }

  get #roleCount(): number {
    return this.page.places[this.start + 4] as number;
  }
}
