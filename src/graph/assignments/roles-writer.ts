import { writeItemCursor } from '../../assignments/in-memory-list.ts';
import { fewRoles } from '../../model/subject.ts';
import { type JsonBytes, viewOf } from '../../platform/byte-text.ts';
import { type Checksum, emptyChecksum, finishChecksum } from '../../platform/checksum.ts';
import type { ConnectionForm, RolesForm } from './roles-form.ts';
import type { RolesSource } from './roles-source.ts';

/** What cursors of a list name it by, finished. */
interface ListName {
  readonly identity: Checksum;
  readonly digest: Checksum;
}

const noName: ListName = { identity: 0, digest: 0 };

/** Writes the roles of one subject. */
export class RolesWriter {
  readonly #source: RolesSource;
  readonly #form: RolesForm;
  readonly #out: JsonBytes;
  #objects = 0;
  /** Of each role how many of the same name come before it, where a cursor or an id names it. */
  #ordinals: readonly number[] = [];

  constructor(source: RolesSource, form: RolesForm, out: JsonBytes) {
    this.#source = source;
    this.#form = form;
    this.#out = out;
  }

  /**
   * Answers how many objects that were. Undefined, and nothing is written: not all roles or scopes would be written, so many scopes that others would have to wait, or so many
   * roles that looking back from each of them costs more than a map, which the resolvers have.
   */
  write(): number | undefined {
    const { roles, hasOrdinals } = this.#form;
    const { count, start } = this.#source;
    if (count > roles.maxItems || (hasOrdinals && count > fewRoles) || !this.#areScopesFew()) return undefined;
    if (hasOrdinals) this.#ordinals = this.#countNamed();
    this.#connection(roles, roles.hasCursors ? this.#nameRoles() : noName, start, count, roleWriter);
    return this.#objects;
  }

  /** Whether all scopes that are asked for can be written, in one go. */
  #areScopesFew(): boolean {
    const { scopes, maxScopesAtOnce } = this.#form;
    if (scopes === undefined) return true;
    const source = this.#source;
    const { count, mostScopes } = source;
    if (mostScopes <= scopes.maxItems && count * mostScopes <= maxScopesAtOnce) return true;
    let all = 0;
    let role = source.start;
    for (let left = count; left > 0; left--) {
      const own = source.scopeCount(role);
      if (own > scopes.maxItems) return false;
      all += own;
      role = source.roleAfter(role);
    }
    return all <= maxScopesAtOnce;
  }

  #connection(
    { pieces, objects, itemObjects }: ConnectionForm,
    name: ListName,
    start: number,
    count: number,
    item: (writer: RolesWriter, name: ListName, start: number, index: number) => number,
  ): void {
    const out = this.#out;
    this.#objects += objects + itemObjects * count;
    for (const { json, value } of pieces) {
      out.piece(json);
      if (value === 'items') {
        let at = start;
        for (let index = 0; index < count; index++) {
          if (index > 0) out.byte(comma);
          at = item(this, name, at, index);
        }
      } else if (value === 'count') out.plain(String(count));
      else if (value !== undefined) {
        if (count === 0) out.piece(nullText);
        else this.#cursor(name, value === 'startCursor' ? 0 : count - 1);
      }
    }
  }

  /** Answers where the next one begins. */
  role(name: ListName, role: number, index: number): number {
    const source = this.#source;
    const out = this.#out;
    for (const { json, value } of this.#form.role) {
      out.piece(json);
      if (value === 'name') source.writeName(role, out);
      else if (value === 'isGlobal') out.piece(source.scopeCount(role) === 0 ? trueText : falseText);
      else if (value === 'cursor') this.#cursor(name, index);
      else if (value === 'id') source.writeRoleId(role, this.#ordinals[index] as number, out);
      else if (value === 'scopes') {
        const scopes = this.#form.scopes as ConnectionForm;
        const scopesName = scopes.hasCursors ? this.#nameScopes(role, index) : noName;
        this.#connection(scopes, scopesName, source.firstScope(role), source.scopeCount(role), scopeWriter);
      }
    }
    return source.roleAfter(role);
  }

  scope(name: ListName, scope: number, index: number): number {
    const source = this.#source;
    const out = this.#out;
    for (const { json, value } of this.#form.scope[source.kindOf(scope)]) {
      out.piece(json);
      if (value === 'uuid') source.writeUuid(scope, out);
      else if (value === 'cursor') this.#cursor(name, index);
      else if (value === 'id') source.writeScopeId(scope, out);
    }
    return source.scopeAfter(scope);
  }

  #cursor({ identity, digest }: ListName, index: number): void {
    this.#out.byte(quotationMark);
    writeItemCursor(identity, digest, index, this.#out);
    this.#out.byte(quotationMark);
  }

  #nameRoles(): ListName {
    const source = this.#source;
    let digest = emptyChecksum;
    let role = source.start;
    for (const ordinal of this.#ordinals) {
      digest = source.addRole(digest, role, ordinal);
      role = source.roleAfter(role);
    }
    return { identity: finishChecksum(source.rolesSum()), digest: finishChecksum(digest) };
  }

  #nameScopes(role: number, index: number): ListName {
    const source = this.#source;
    let digest = emptyChecksum;
    let scope = source.firstScope(role);
    for (let left = source.scopeCount(role); left > 0; left--) {
      digest = source.addScope(digest, scope);
      scope = source.scopeAfter(scope);
    }
    const identity = source.scopesSum(role, this.#ordinals[index] as number);
    return { identity: finishChecksum(identity), digest: finishChecksum(digest) };
  }

  #countNamed(): readonly number[] {
    const source = this.#source;
    const roles: number[] = [];
    const ordinals: number[] = [];
    let role = source.start;
    for (let left = source.count; left > 0; left--) {
      let ordinal = 0;
      for (const earlier of roles) if (source.isNamedAlike(earlier, role)) ordinal++;
      roles.push(role);
      ordinals.push(ordinal);
      role = source.roleAfter(role);
    }
    return ordinals;
  }
}

const roleWriter = (writer: RolesWriter, name: ListName, start: number, index: number): number =>
  writer.role(name, start, index);
const scopeWriter = (writer: RolesWriter, name: ListName, start: number, index: number): number =>
  writer.scope(name, start, index);

const [comma, quotationMark] = [0x2c, 0x22];
const [trueText, falseText, nullText] = ['true', 'false', 'null'].map((text) => viewOf(Buffer.from(text))) as [
  DataView,
  DataView,
  DataView,
];
