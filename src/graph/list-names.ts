import { addNumber, addText, noTexts, type TextSum } from '../directory/text-sum.ts';
import type { Scope, ScopedRole, Subject } from '../model/subject.ts';

// By what cursors tell the lists inside a subject and a role apart, and the items of these lists.

/** A list of a subject. */
export const addSubject = (list: 'roles' | 'scopes', { reference, rawType }: Subject): TextSum =>
  addText(addText(addText(noTexts, list), reference), rawType);

/** A role among those of its subject. */
export const addRole = (sum: TextSum, { name, ordinal }: ScopedRole): TextSum => addNumber(addText(sum, name), ordinal);

/** A scope among all. */
export const addScope = (sum: TextSum, { components }: Scope): TextSum => {
  let next = addNumber(sum, components.length);
  for (const { field, uuid } of components) next = addText(addText(next, field), uuid);
  return next;
};
