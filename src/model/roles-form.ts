import type { JsonBytes } from '../platform/byte-text.ts';
import type { ScopeKind } from './subject.ts';

/** What stands in the JSON of a thing in one form: bytes that are always the same, and behind them a value of the thing, but behind the last ones. */
export interface FormPiece<Value extends string> {
  readonly json: Uint8Array;
  readonly value?: Value;
}

/** How an object is written: its pieces, one after the other. */
export type ObjectForm<Value extends string> = readonly FormPiece<Value>[];

/**
 * How the roles that a subject holds, all of them, are written as JSON with their scopes: for who has them as bytes and would make objects of them only to have
 * these written.
 */
export interface RolesForm {
  readonly roles: ObjectForm<'items' | 'count'>;
  readonly role: ObjectForm<'name' | 'isGlobal' | 'scopes'>;
  readonly scopes: ObjectForm<'items' | 'count'>;
  readonly scope: ObjectForm<'kind' | 'uuid'>;
  /** A kind as it is written. */
  readonly kinds: Readonly<Record<ScopeKind, Uint8Array>>;
  /** With more than so many it cannot be written: they would be cut off. */
  readonly maxRoles: number;
  /** The same for the scopes of each. */
  readonly maxScopes: number;
}

/** Who can write the roles that it holds without making them. */
export interface WritesRoles {
  /** Writes them, and answers how many objects these are. Undefined, and nothing is written: it cannot in this form. */
  writeRoles(form: RolesForm, out: JsonBytes): number | undefined;
}
