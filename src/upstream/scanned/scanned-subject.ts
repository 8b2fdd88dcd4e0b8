import type { RolesForm, WritesItself } from '../../model/written-subject.ts';
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
import { type JsonBytes, viewOf } from '../../platform/byte-text.ts';

/**
 * Where in a body everything stands, one subject after the other: from and to of its reference and of its type, and how many roles; of each role from and to of its name,
 * and how many scopes; of each scope how many components, and the place of the narrowest; of each component its kind, by its place in `scopeKinds`, and from and to of
 * its uuid. What is not there has from and to of 0.
 */
export type Places = Int32Array;

export const subjectPlaces = 5;
export const rolePlaces = 3;
export const scopePlaces = 2;
export const componentPlaces = 3;

/** Where what comes behind a scope begins. */
const endOfScope = (places: Places, at: number): number => at + scopePlaces + componentPlaces * (places[at] as number);

/** A body, and where in it everything stands. What repeats within it is made once. */
export class ScannedPage {
  readonly body: Buffer;
  readonly view: DataView;
  readonly places: Places;
  /** The most that a role of it has. */
  readonly mostScopes: number;
  readonly #texts: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  readonly #scopes = new Map<KnownScopeKind, Map<string, Scope>>();

  constructor(body: Buffer, places: Places, mostScopes: number) {
    this.body = body;
    this.view = viewOf(body);
    this.places = places;
    this.mostScopes = mostScopes;
  }

  /** The text whose from and to stand there. */
  textAt(place: number): string {
    const { body, places } = this;
    return body.toString('latin1', places[place], places[place + 1]);
  }

  /** Writes it with its quotation marks, which stand around it. */
  writeText(place: number, out: JsonBytes): void {
    const { view, places } = this;
    const from = places[place] as number;
    if (from === 0) out.piece(emptyText);
    else out.part(view, from - 1, (places[place + 1] as number) + 1);
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
    const { body } = this;
    for (let i = 1; i <= to - from; i++) if (body[to - i] !== body[otherTo - i]) return false;
    return true;
  }
}

/** Types, and names of roles: looking through more of them costs more than making one. */
const maxWords = 16;

const noScopes: readonly Scope[] = [];
const comma = 0x2c;
const [trueText, falseText, emptyText] = [
  viewOf(Buffer.from('true')),
  viewOf(Buffer.from('false')),
  viewOf(Buffer.from('""')),
];

/** A subject of a scanned page: what is asked for of it is made then. */
export class ScannedSubject implements Subject, WritesItself {
  readonly #page: ScannedPage;
  readonly #start: number;
  #reference: string | undefined;
  #roles: readonly ScopedRole[] | undefined;

  constructor(page: ScannedPage, start: number) {
    this.#page = page;
    this.#start = start;
  }

  get reference(): string {
    return (this.#reference ??= this.#page.textAt(this.#start));
  }

  get rawType(): string {
    return this.#page.wordAt(this.#start + 2) || unspecifiedRawType;
  }

  get type(): SubjectType {
    return subjectTypeOf(this.rawType);
  }

  get roles(): readonly ScopedRole[] {
    return (this.#roles ??= this.#page.rolesAt(this, this.#start + subjectPlaces, this.#roleCount));
  }

  get #roleCount(): number {
    return this.#page.places[this.#start + 4] as number;
  }

  writeReference(out: JsonBytes): number {
    this.#page.writeText(this.#start, out);
    return 0;
  }

  writeType(texts: Readonly<Record<SubjectType, DataView>>, out: JsonBytes): number {
    out.piece(texts[this.type]);
    return 0;
  }

  writeRoles(form: RolesForm, out: JsonBytes): number | undefined {
    const count = this.#roleCount;
    if (count > form.maxRoles || this.#page.mostScopes > form.maxScopes) return undefined;
    return new RolesWriter(this.#page, form, out).write(this.#start + subjectPlaces, count);
  }
}

/** Writes the roles of one subject. */
class RolesWriter {
  readonly #page: ScannedPage;
  readonly #places: Places;
  readonly #form: RolesForm;
  readonly #out: JsonBytes;
  #objects = 1;

  constructor(page: ScannedPage, form: RolesForm, out: JsonBytes) {
    this.#page = page;
    this.#places = page.places;
    this.#form = form;
    this.#out = out;
  }

  /** Answers how many objects that were. */
  write(start: number, count: number): number {
    const out = this.#out;
    for (const { json, value } of this.#form.roles) {
      out.piece(json);
      if (value === 'count') out.plain(String(count));
      else if (value === 'items') this.#roles(start, count);
    }
    return this.#objects;
  }

  #roles(start: number, count: number): void {
    this.#objects += count;
    let at = start;
    for (let role = 0; role < count; role++) {
      if (role > 0) this.#out.byte(comma);
      at = this.#role(at);
    }
  }

  /** Answers where the next one begins. */
  #role(start: number): number {
    const out = this.#out;
    const scopeCount = this.#places[start + 2] as number;
    let end: number | undefined;
    for (const { json, value } of this.#form.role) {
      out.piece(json);
      if (value === 'name') this.#page.writeText(start, out);
      else if (value === 'isGlobal') out.piece(scopeCount === 0 ? trueText : falseText);
      else if (value === 'scopes') end = this.#scopes(start + rolePlaces, scopeCount);
    }
    return end ?? this.#endOfScopes(start + rolePlaces, scopeCount);
  }

  #scopes(start: number, count: number): number {
    const out = this.#out;
    this.#objects++;
    let end: number | undefined;
    for (const { json, value } of this.#form.scopes) {
      out.piece(json);
      if (value === 'count') out.plain(String(count));
      else if (value === 'items') end = this.#items(start, count);
    }
    return end ?? this.#endOfScopes(start, count);
  }

  #items(start: number, count: number): number {
    this.#objects += count;
    let at = start;
    for (let scope = 0; scope < count; scope++) {
      if (scope > 0) this.#out.byte(comma);
      this.#scope(at);
      at = endOfScope(this.#places, at);
    }
    return at;
  }

  #scope(start: number): void {
    const narrowest = this.#places[start + 1] as number;
    if (this.#places[start] === 0) this.#out.filled(this.#form.scope.UNKNOWN, emptyText, 0, emptyText.byteLength);
    else {
      const kind = scopeKinds[this.#places[narrowest] as number] as KnownScopeKind;
      const from = this.#places[narrowest + 1] as number;
      this.#out.filled(this.#form.scope[kind], this.#page.view, from - 1, (this.#places[narrowest + 2] as number) + 1);
    }
  }

  #endOfScopes(start: number, count: number): number {
    let at = start;
    for (let scope = 0; scope < count; scope++) at = endOfScope(this.#places, at);
    return at;
  }
}
