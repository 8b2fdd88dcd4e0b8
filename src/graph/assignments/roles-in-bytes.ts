import {
  areAlike,
  endOfScope,
  type Places,
  rolePlaces,
  type ScannedBytes,
  type SubjectInBytes,
  subjectPlaces,
} from '../../model/scanned-page.ts';
import { type KnownScopeKind, type ScopeKind, scopeKinds } from '../../model/subject.ts';
import { type JsonBytes, viewOf } from '../../platform/byte-text.ts';
import type { Checksum } from '../../platform/checksum.ts';
import { writeScopedRoleId, writeScopeId } from '../relay/written-ids.ts';
import { addRoleAt, addScopeAt, beginScopesSumAt, rolesSumAt, scopesSumAt } from './cursor-keys.ts';
import type { RolesSource } from './roles-source.ts';

/** Roles as upstream sent them. */
export class RolesInBytes implements RolesSource {
  readonly count: number;
  readonly start: number;
  readonly mostScopes: number;
  readonly #subject: SubjectInBytes;
  readonly #page: ScannedBytes;
  readonly #places: Places;
  /** What the sums of all lists of scopes begin with. */
  #scopesSum: Checksum | undefined;

  constructor(subject: SubjectInBytes) {
    const { page, start } = subject;
    this.#subject = subject;
    this.#page = page;
    this.#places = page.places;
    this.mostScopes = page.mostScopes;
    this.count = page.places[start + 4] as number;
    this.start = start + subjectPlaces;
  }

  scopeCount(role: number): number {
    return this.#places[role + 2] as number;
  }

  firstScope(role: number): number {
    return role + rolePlaces;
  }

  scopeAfter(scope: number): number {
    return endOfScope(this.#places, scope);
  }

  roleAfter(role: number): number {
    let at = role + rolePlaces;
    for (let left = this.#places[role + 2] as number; left > 0; left--) at = endOfScope(this.#places, at);
    return at;
  }

  kindOf(scope: number): ScopeKind {
    const places = this.#places;
    if (places[scope] === 0) return 'UNKNOWN';
    return scopeKinds[places[places[scope + 1] as number] as number] as KnownScopeKind;
  }

  isNamedAlike(role: number, other: number): boolean {
    return areAlike(this.#page, role, other);
  }

  writeName(role: number, out: JsonBytes): void {
    writeTextAt(this.#page, role, out);
  }

  writeRoleId(role: number, ordinal: number, out: JsonBytes): void {
    writeScopedRoleId(this.#subject, role, ordinal, out);
  }

  writeUuid(scope: number, out: JsonBytes): void {
    if (this.#places[scope] === 0) out.piece(emptyText);
    else writeTextAt(this.#page, (this.#places[scope + 1] as number) + 1, out);
  }

  writeScopeId(scope: number, out: JsonBytes): void {
    writeScopeId(this.#page, scope, out);
  }

  rolesSum(): Checksum {
    return rolesSumAt(this.#subject);
  }

  scopesSum(role: number, ordinal: number): Checksum {
    this.#scopesSum ??= beginScopesSumAt(this.#subject);
    return scopesSumAt(this.#scopesSum, this.#page, role, ordinal);
  }

  addRole(sum: Checksum, role: number, ordinal: number): Checksum {
    return addRoleAt(sum, this.#page, role, ordinal);
  }

  addScope(sum: Checksum, scope: number): Checksum {
    return addScopeAt(sum, this.#page, scope);
  }
}

/** Writes the text whose from and to stand there with its quotation marks, which stand around it. */
export const writeTextAt = ({ bytes, places }: ScannedBytes, place: number, out: JsonBytes): void => {
  const from = places[place] as number;
  if (from === 0) out.piece(emptyText);
  else out.part(bytes, from - 1, (places[place + 1] as number) + 1);
};

const emptyText = viewOf(Buffer.from('""'));
