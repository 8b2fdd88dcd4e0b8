import { writeItemCursor } from '../../assignments/in-memory-list.ts';
import { endOfScope, type Places, rolePlaces, type SubjectInBytes, subjectPlaces } from '../../model/scanned-page.ts';
import { type KnownScopeKind, scopeKinds } from '../../model/subject.ts';
import { type JsonBytes, viewOf } from '../../platform/byte-text.ts';
import { type Checksum, emptyChecksum, finishChecksum } from '../../platform/checksum.ts';
import { writeScopedRoleId, writeScopeId } from '../relay/written-ids.ts';
import { addRoleAt, addScopeAt, beginScopesSumAt, rolesSumAt, scopesSumAt } from './cursor-keys.ts';
import type { ConnectionForm, RolesForm } from './roles-form.ts';

/** What cursors of a list name it by, finished. */
interface ListName {
  readonly identity: Checksum;
  readonly digest: Checksum;
}

const noName: ListName = { identity: 0, digest: 0 };

/** Up to so many roles looking back is cheap. */
const fewRoles = 16;

/** Copies the roles of one subject. */
export class RolesWriter {
  readonly #subject: SubjectInBytes;
  readonly #bytes: DataView;
  readonly #places: Places;
  readonly #form: RolesForm;
  readonly #out: JsonBytes;
  #objects = 0;
  /** Of each role how many of the same name come before it, where a cursor or an id names it. */
  #ordinals: readonly number[] = [];
  /** What names of lists of scopes begin with. */
  #scopesSum: Checksum = emptyChecksum;

  constructor(subject: SubjectInBytes, form: RolesForm, out: JsonBytes) {
    this.#subject = subject;
    this.#bytes = subject.page.bytes;
    this.#places = subject.page.places;
    this.#form = form;
    this.#out = out;
  }

  /** Answers how many objects that were. Undefined, and nothing is written: not all roles or scopes would be, or there are so many roles that they are told apart in another way. */
  write(): number | undefined {
    const { roles, scopes, hasOrdinals } = this.#form;
    const { page, start } = this.#subject;
    const count = this.#places[start + 4] as number;
    if (count > roles.maxItems || page.mostScopes > scopes.maxItems || (hasOrdinals && count > fewRoles))
      return undefined;
    if (hasOrdinals) this.#ordinals = this.#countNamed(start + subjectPlaces, count);
    if (scopes.hasCursors) this.#scopesSum = beginScopesSumAt(this.#subject);
    this.#connection(
      roles,
      roles.hasCursors ? this.#nameRoles(count) : noName,
      start + subjectPlaces,
      count,
      roleWriter,
    );
    return this.#objects;
  }

  /** Where what comes behind its items begins is answered where they were written. */
  #connection(
    { pieces, objects, itemObjects }: ConnectionForm,
    name: ListName,
    start: number,
    count: number,
    item: (writer: RolesWriter, name: ListName, start: number, index: number) => number,
  ): number | undefined {
    const out = this.#out;
    this.#objects += objects + itemObjects * count;
    let end: number | undefined;
    for (const { json, value } of pieces) {
      out.piece(json);
      if (value === 'items') {
        end = start;
        for (let index = 0; index < count; index++) {
          if (index > 0) out.byte(comma);
          end = item(this, name, end, index);
        }
      } else if (value === 'count') out.plain(String(count));
      else if (value !== undefined) {
        if (count === 0) out.piece(nullText);
        else this.#cursor(name, value === 'startCursor' ? 0 : count - 1);
      }
    }
    return end;
  }

  /** Answers where the next one begins. */
  role(name: ListName, start: number, index: number): number {
    const out = this.#out;
    const scopeCount = this.#places[start + 2] as number;
    const scopesStart = start + rolePlaces;
    let end: number | undefined;
    for (const { json, value } of this.#form.role) {
      out.piece(json);
      if (value === 'name') this.#text(start);
      else if (value === 'isGlobal') out.piece(scopeCount === 0 ? trueText : falseText);
      else if (value === 'cursor') this.#cursor(name, index);
      else if (value === 'id') writeScopedRoleId(this.#subject, start, this.#ordinals[index] as number, out);
      else if (value === 'scopes') {
        const { scopes } = this.#form;
        const scopesName = scopes.hasCursors ? this.#nameScopes(start, index) : noName;
        end = this.#connection(scopes, scopesName, scopesStart, scopeCount, scopeWriter);
      }
    }
    return end ?? this.#endOfScopes(scopesStart, scopeCount);
  }

  scope(name: ListName, start: number, index: number): number {
    const out = this.#out;
    const places = this.#places;
    const isEmpty = places[start] === 0;
    const narrowest = places[start + 1] as number;
    const kind = isEmpty ? 'UNKNOWN' : (scopeKinds[places[narrowest] as number] as KnownScopeKind);
    for (const { json, value } of this.#form.scope[kind]) {
      out.piece(json);
      if (value === 'cursor') this.#cursor(name, index);
      else if (value === 'id') writeScopeId(this.#subject.page, start, out);
      else if (value === 'uuid') {
        if (isEmpty) out.piece(emptyText);
        else this.#text(narrowest + 1);
      }
    }
    return endOfScope(places, start);
  }

  /** With its quotation marks, which stand around it. */
  #text(place: number): void {
    const from = this.#places[place] as number;
    if (from === 0) this.#out.piece(emptyText);
    else this.#out.part(this.#bytes, from - 1, (this.#places[place + 1] as number) + 1);
  }

  #cursor({ identity, digest }: ListName, index: number): void {
    this.#out.byte(quotationMark);
    writeItemCursor(identity, digest, index, this.#out);
    this.#out.byte(quotationMark);
  }

  #nameRoles(count: number): ListName {
    const { page, start } = this.#subject;
    let digest = emptyChecksum;
    let at = start + subjectPlaces;
    for (let index = 0; index < count; index++) {
      digest = addRoleAt(digest, page, at, this.#ordinals[index] as number);
      at = this.#endOfRole(at);
    }
    return { identity: finishChecksum(rolesSumAt(this.#subject)), digest: finishChecksum(digest) };
  }

  #nameScopes(role: number, index: number): ListName {
    const { page } = this.#subject;
    const sum = scopesSumAt(this.#scopesSum, page, role, this.#ordinals[index] as number);
    const count = this.#places[role + 2] as number;
    let digest = emptyChecksum;
    let at = role + rolePlaces;
    for (let scope = 0; scope < count; scope++) {
      digest = addScopeAt(digest, page, at);
      at = endOfScope(this.#places, at);
    }
    return { identity: finishChecksum(sum), digest: finishChecksum(digest) };
  }

  #countNamed(start: number, count: number): readonly number[] {
    const roles: number[] = [];
    const ordinals: number[] = [];
    let at = start;
    for (let index = 0; index < count; index++) {
      let ordinal = 0;
      for (const earlier of roles) if (this.#isNamedAlike(earlier, at)) ordinal++;
      roles.push(at);
      ordinals.push(ordinal);
      at = this.#endOfRole(at);
    }
    return ordinals;
  }

  #isNamedAlike(role: number, other: number): boolean {
    const places = this.#places;
    const from = places[role] as number;
    const length = (places[role + 1] as number) - from;
    const otherFrom = places[other] as number;
    if ((places[other + 1] as number) - otherFrom !== length) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) if (bytes.getUint8(from + i) !== bytes.getUint8(otherFrom + i)) return false;
    return true;
  }

  #endOfRole(role: number): number {
    return this.#endOfScopes(role + rolePlaces, this.#places[role + 2] as number);
  }

  #endOfScopes(start: number, count: number): number {
    let at = start;
    for (let scope = 0; scope < count; scope++) at = endOfScope(this.#places, at);
    return at;
  }
}

const roleWriter = (writer: RolesWriter, name: ListName, start: number, index: number): number =>
  writer.role(name, start, index);
const scopeWriter = (writer: RolesWriter, name: ListName, start: number, index: number): number =>
  writer.scope(name, start, index);

const [comma, quotationMark] = [0x2c, 0x22];
const [trueText, falseText, nullText, emptyText] = ['true', 'false', 'null', '""'].map((text) =>
  viewOf(Buffer.from(text)),
) as [DataView, DataView, DataView, DataView];
