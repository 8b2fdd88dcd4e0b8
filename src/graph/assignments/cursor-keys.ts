import type { ListNames } from '../../assignments/in-memory-list.ts';
import { addNumber, addText, noTexts, type TextSum } from '../../assignments/cursor/checksum.ts';
import type { Scope, ScopedRole, Subject } from '../../model/subject.ts';

/** The roles of a subject. */
export const roleNames: ListNames<Subject, ScopedRole> = {
  sumOf: (subject, ownArguments) => addText(addSubject(addText(noTexts, 'roles'), subject), ownArguments),
  addItem: (sum, role) => addRole(sum, role),
};

/** The scopes of a role that a subject holds. */
export const scopeNames: ListNames<ScopedRole, Scope> = {
  sumOf: (role, ownArguments) =>
    addText(addRole(addSubject(addText(noTexts, 'scopes'), role.subject), role), ownArguments),
  addItem(sum, { components }) {
    let next = addNumber(sum, components.length);
    for (const { field, uuid } of components) next = addText(addText(next, field), uuid);
    return next;
  },
};

const addSubject = (sum: TextSum, { reference, rawType }: Subject): TextSum =>
  addText(addText(sum, reference), rawType);

const addRole = (sum: TextSum, { name, ordinal }: ScopedRole): TextSum => addNumber(addText(sum, name), ordinal);
