import type { JsonBytes } from '../platform/byte-text.ts';
import type { ScopeKind, SubjectType } from './subject.ts';

/** What stands in the JSON of a thing in one form: bytes that are always the same, as a view, and behind them a value of the thing, but behind the last ones. */
export interface FormPiece<Value extends string> {
  readonly json: DataView;
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
  /** A scope of each kind: between any two pieces stands its uuid. */
  readonly scope: Readonly<Record<ScopeKind, readonly DataView[]>>;
  /** With more than so many it cannot be written: they would be cut off. */
  readonly maxRoles: number;
  /** The same for the scopes of each. */
  readonly maxScopes: number;
}

/** A subject that can write what it holds without making it. Undefined instead of a number of objects, and nothing is written: it cannot in this form. */
export interface WritesItself {
  /** Writes its reference. */
  writeReference(out: JsonBytes): number;
  /** Writes its type, as given for each. */
  writeType(texts: Readonly<Record<SubjectType, DataView>>, out: JsonBytes): number;
  /** Writes its roles, and answers how many objects these are. */
  writeRoles(form: RolesForm, out: JsonBytes): number | undefined;
}
