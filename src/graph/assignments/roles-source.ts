import type { ScopeKind } from '../../model/subject.ts';
import type { JsonBytes } from '../../platform/byte-text.ts';
import type { Checksum } from '../../platform/checksum.ts';

/** The roles of one subject, as whoever writes them has to know them. Where a role or a scope stands is a number of the source's own. */
export interface RolesSource {
  readonly count: number;
  /** Where the first role stands. */
  readonly start: number;
  /** No role has more scopes. Infinity: how many they have, only a look at each tells. */
  readonly mostScopes: number;
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
