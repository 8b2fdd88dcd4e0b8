import type { SubjectInNumbers } from '../../model/held-numbers.ts';
import { noScopes, type Scope, type ScopedRole, type ScopeKind, type Subject } from '../../model/subject.ts';
import type { JsonBytes } from '../../platform/byte-text.ts';
import type { Checksum } from '../../platform/checksum.ts';
import { scopedRoleId, scopeId } from '../relay/ids.ts';
import { roleCursorKeys, scopeCursorKeys } from './cursor-keys.ts';
import type { RolesSource } from './roles-source.ts';

/** What sources have in common that know names and scopes as the model does. */
abstract class KnownRoles implements RolesSource {
  abstract readonly count: number;
  abstract readonly start: number;
  readonly mostScopes = Infinity;
  readonly subject: Subject;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  abstract scopeCount(role: number): number;
  abstract firstScope(role: number): number;
  abstract roleAfter(role: number): number;
  abstract nameOf(role: number): string;
  abstract scopeAt(scope: number): Scope;

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
