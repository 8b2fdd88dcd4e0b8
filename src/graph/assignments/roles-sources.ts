import type { SubjectInNumbers } from '../../model/held-numbers.ts';
import {
  endOfScope,
  type Places,
  rolePlaces,
  type ScannedBytes,
  type SubjectInBytes,
  subjectPlaces,
} from '../../model/scanned-page.ts';
import {
  type KnownScopeKind,
  type Scope,
  type ScopedRole,
  type ScopeKind,
  scopeKinds,
  type Subject,
} from '../../model/subject.ts';
import { type JsonBytes, viewOf } from '../../platform/byte-text.ts';
import type { Checksum } from '../../platform/checksum.ts';
import { scopedRoleId, scopeId } from '../relay/ids.ts';
import { writeScopedRoleId, writeScopeId } from '../relay/written-ids.ts';
import {
  addRoleAt,
  addScopeAt,
  beginScopesSumAt,
  roleCursorKeys,
  rolesSumAt,
  scopeCursorKeys,
  scopesSumAt,
} from './cursor-keys.ts';

/** The roles of one subject, as whoever writes them has to know them. Where a role or a scope stands is a number of the source's own. */
export interface RolesSource {
  readonly count: number;
  /** Where the first role stands. */
  readonly start: number;
  /** At least as many as any of them has scopes. Infinity: too many to be written in one go. */
  mostScopes(): number;
  scopeCount(role: number): number;
  /** Scopes of one role only are looked at before those of another one. */
  firstScope(role: number): number;
  scopeAfter(scope: number): number;
  roleAfter(role: number): number;
  kindOf(scope: number): ScopeKind;
  isNamedAlike(role: number, other: number): boolean;
  writeName(role: number, out: JsonBytes): void;
  writeRoleId(role: number, ordinal: number, out: JsonBytes): void;
  writeUuid(scope: number, out: JsonBytes): void;
  writeScopeId(scope: number, out: JsonBytes): void;
  /** What cursors name the list of roles by. */
  rolesSum(): Checksum;
  /** The same of the list of a role's scopes. */
  scopesSum(role: number, ordinal: number): Checksum;
  addRole(sum: Checksum, role: number, ordinal: number): Checksum;
  addScope(sum: Checksum, scope: number): Checksum;
}

/** Roles as upstream sent them. */
export class RolesInBytes implements RolesSource {
  readonly count: number;
  readonly start: number;
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
    this.count = page.places[start + 4] as number;
    this.start = start + subjectPlaces;
  }

  mostScopes(): number {
    return this.#page.mostScopes;
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
    const places = this.#places;
    const from = places[role] as number;
    const length = (places[role + 1] as number) - from;
    const otherFrom = places[other] as number;
    if ((places[other + 1] as number) - otherFrom !== length) return false;
    const { bytes } = this.#page;
    for (let i = 0; i < length; i++) if (bytes.getUint8(from + i) !== bytes.getUint8(otherFrom + i)) return false;
    return true;
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

/** With more scopes others would wait too long until all are written: the executor writes them in turns. */
const maxScopesAtOnce = 4096;

/** What sources have in common that know names and scopes as the model does. */
abstract class KnownRoles implements RolesSource {
  abstract readonly count: number;
  abstract readonly start: number;
  readonly subject: Subject;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  abstract scopeCount(role: number): number;
  abstract firstScope(role: number): number;
  abstract roleAfter(role: number): number;
  abstract nameOf(role: number): string;
  abstract scopeAt(scope: number): Scope;

  mostScopes(): number {
    let most = 0;
    let all = 0;
    let role = this.start;
    for (let left = this.count; left > 0; left--) {
      const count = this.scopeCount(role);
      if (count > most) most = count;
      all += count;
      role = this.roleAfter(role);
    }
    return this.count + all > maxScopesAtOnce ? Infinity : most;
  }

  scopeAfter(scope: number): number {
    return scope + 1;
  }

  kindOf(scope: number): ScopeKind {
    return this.scopeAt(scope).kind;
  }

  isNamedAlike(role: number, other: number): boolean {
    return this.nameOf(role) === this.nameOf(other);
  }

  writeName(role: number, out: JsonBytes): void {
    out.text(this.nameOf(role));
  }

  writeRoleId(role: number, ordinal: number, out: JsonBytes): void {
    out.text(scopedRoleId(this.#roleOf(role, ordinal)));
  }

  writeUuid(scope: number, out: JsonBytes): void {
    out.text(this.scopeAt(scope).uuid);
  }

  writeScopeId(scope: number, out: JsonBytes): void {
    out.text(scopeId(this.scopeAt(scope)));
  }

  rolesSum(): Checksum {
    return roleCursorKeys.sumOf(this.subject, '');
  }

  scopesSum(role: number, ordinal: number): Checksum {
    return scopeCursorKeys.sumOf(this.#roleOf(role, ordinal), '');
  }

  addRole(sum: Checksum, role: number, ordinal: number): Checksum {
    return roleCursorKeys.addItem(sum, this.#roleOf(role, ordinal));
  }

  addScope(sum: Checksum, scope: number): Checksum {
    return scopeCursorKeys.addItem(sum, this.scopeAt(scope));
  }

  /** What names a role. */
  #roleOf(role: number, ordinal: number): ScopedRole {
    return { subject: this.subject, name: this.nameOf(role), ordinal, scopes: noScopes };
  }
}

const noScopes: readonly Scope[] = [];

/** Roles of a large page that is kept. */
export class RolesInNumbers extends KnownRoles {
  readonly count: number;
  readonly start: number;
  readonly #held: SubjectInNumbers['holdings'];

  constructor(subject: Subject & SubjectInNumbers) {
    super(subject);
    this.#held = subject.holdings;
    this.count = this.#held.numbers[subject.start] as number;
    this.start = subject.start + 1;
  }

  scopeCount(role: number): number {
    return this.#held.numbers[role + 1] as number;
  }

  firstScope(role: number): number {
    return role + 2;
  }

  roleAfter(role: number): number {
    return role + 2 + this.scopeCount(role);
  }

  nameOf(role: number): string {
    return this.#held.names[this.#held.numbers[role] as number] as string;
  }

  scopeAt(scope: number): Scope {
    return this.#held.scopes[this.#held.numbers[scope] as number] as Scope;
  }
}

/** Roles that have been made. */
export class MadeRoles extends KnownRoles {
  readonly count: number;
  readonly start = 0;
  readonly #roles: readonly ScopedRole[];
  #scopes = noScopes;

  constructor(subject: Subject) {
    super(subject);
    this.#roles = subject.roles;
    this.count = this.#roles.length;
  }

  scopeCount(role: number): number {
    return (this.#roles[role] as ScopedRole).scopes.length;
  }

  firstScope(role: number): number {
    this.#scopes = (this.#roles[role] as ScopedRole).scopes;
    return 0;
  }

  roleAfter(role: number): number {
    return role + 1;
  }

  nameOf(role: number): string {
    return (this.#roles[role] as ScopedRole).name;
  }

  scopeAt(scope: number): Scope {
    return this.#scopes[scope] as Scope;
  }
}
