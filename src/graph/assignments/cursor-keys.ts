import type { CursorKeys } from '../../assignments/in-memory-list.ts';
import { componentPlaces, type ScannedBytes, scopePlaces, type SubjectInBytes } from '../../model/scanned-page.ts';
import {
  type KnownScopeKind,
  type Scope,
  type ScopedRole,
  scopeFieldOf,
  scopeKinds,
  type Subject,
  unspecifiedRawType,
} from '../../model/subject.ts';
import { addBytes, addNumber, addText, emptyChecksum, type Checksum } from '../../platform/checksum.ts';

/** The roles of a subject. */
export const roleCursorKeys: CursorKeys<Subject, ScopedRole> = {
  sumOf: (subject, ownArguments) => addText(addSubject(addText(emptyChecksum, 'roles'), subject), ownArguments),
  addItem: (sum, role) => addRole(sum, role),
};

/** The scopes of a role that a subject holds. */
export const scopeCursorKeys: CursorKeys<ScopedRole, Scope> = {
  sumOf: (role, ownArguments) =>
    addText(addRole(addSubject(addText(emptyChecksum, 'scopes'), role.subject), role), ownArguments),
  addItem: (sum, scope) => addScope(sum, scope),
};

/** A scope, as part of what a cursor names. */
export const addScope = (sum: Checksum, { components }: Scope): Checksum => {
  let next = addNumber(sum, components.length);
  for (const { field, uuid } of components) next = addText(addText(next, field), uuid);
  return next;
};

const addSubject = (sum: Checksum, { reference, rawType }: Subject): Checksum =>
  addText(addText(sum, reference), rawType);

const addRole = (sum: Checksum, { name, ordinal }: ScopedRole): Checksum => addNumber(addText(sum, name), ordinal);

// The same of what stands in bytes.

/** Sum of the name of a subject's whole list of roles. */
export const rolesSumAt = (subject: SubjectInBytes): Checksum =>
  addText(addSubjectAt(addText(emptyChecksum, 'roles'), subject), '');

/** What the sums of all lists of scopes of one subject begin with. */
export const beginScopesSumAt = (subject: SubjectInBytes): Checksum =>
  addSubjectAt(addText(emptyChecksum, 'scopes'), subject);

/** Sum of the name of a role's whole list of scopes. */
export const scopesSumAt = (begun: Checksum, page: ScannedBytes, role: number, ordinal: number): Checksum =>
  addText(addRoleAt(begun, page, role, ordinal), '');

export const addRoleAt = (sum: Checksum, page: ScannedBytes, role: number, ordinal: number): Checksum =>
  addNumber(addTextAt(sum, page, role), ordinal);

export const addScopeAt = (sum: Checksum, page: ScannedBytes, scope: number): Checksum => {
  const { places } = page;
  const count = places[scope] as number;
  let next = addNumber(sum, count);
  for (let component = 0; component < count; component++) {
    const at = scope + scopePlaces + componentPlaces * component;
    const kind = scopeKinds[places[at] as number] as KnownScopeKind;
    next = addTextAt(addText(next, scopeFieldOf(kind)), page, at + 1);
  }
  return next;
};

const addSubjectAt = (sum: Checksum, { page, start }: SubjectInBytes): Checksum => {
  const next = addTextAt(sum, page, start);
  const hasType = page.places[start + 2] !== page.places[start + 3];
  return hasType ? addTextAt(next, page, start + 2) : addText(next, unspecifiedRawType);
};

const addTextAt = (sum: Checksum, { bytes, places }: ScannedBytes, place: number): Checksum =>
  addBytes(sum, bytes, places[place] as number, places[place + 1] as number);
