import {
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
  readonly bytes: DataView;
  readonly places: Places;
  readonly mostScopes: number;
  readonly #body: Buffer;
  readonly #texts: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  readonly #scopes = new Map<KnownScopeKind, Map<string, Scope>>();

  constructor(body: Buffer, places: Places, mostScopes: number) {
    this.#body = body;
    this.bytes = viewOf(body);
    this.places = places;
    this.mostScopes = mostScopes;
  }

  /** The text whose from and to stand there. */
  textAt(place: number): string {
    const { places } = this;
    return this.#body.toString('latin1', places[place], places[place + 1]);
  }

  /** A text of which there are few. */
  wordAt(place: number): string {
    const from = this.places[place] as number;
    const to = this.places[place + 1] as number;
    for (const word of this.#texts) if (this.#isEqual(word.from, word.to, from, to)) return word.text;
    const text = this.textAt(place);
    if (this.#texts.length < maxWords) this.#texts.push({ from, to, text });
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

  /** From the end: names and types begin alike. */
  #isEqual(from: number, to: number, otherFrom: number, otherTo: number): boolean {
    if (to - from !== otherTo - otherFrom) return false;
    const body = this.#body;
    for (let i = 1; i <= to - from; i++) if (body[to - i] !== body[otherTo - i]) return false;
    return true;
  }
}

/** Types, and names of roles: looking through more of them costs more than making one. */
const maxWords = 16;

const noScopes: readonly Scope[] = [];

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
