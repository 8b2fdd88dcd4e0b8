import type { CursorKeys } from '../../assignments/in-memory-list.ts';
import { addNumber, addText, emptyChecksum, type Checksum } from '../../platform/checksum.ts';
import type { Scope, ScopedRole, Subject } from '../../model/subject.ts';

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
