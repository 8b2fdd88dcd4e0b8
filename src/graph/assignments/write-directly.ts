import type { SubjectInNumbers } from '../../model/held-numbers.ts';
import type { SubjectInBytes } from '../../model/scanned-page.ts';
import { type Subject, subjectTypes } from '../../model/subject.ts';
import { viewOf, type WriteDirectly } from '../../platform/byte-text.ts';
import { writeSubjectId } from '../relay/written-ids.ts';
import type { AskedField } from '../field-facts.ts';
import { MadeRoles, RolesInNumbers } from './known-roles.ts';
import { rolesFormOf } from './roles-form.ts';
import { RolesInBytes, writeTextAt } from './roles-in-bytes.ts';
import type { RolesSource } from './roles-source.ts';
import { RolesWriter } from './roles-writer.ts';

// How fields of a subject are written past their resolvers.

/** `Subject.id`, of a subject that stands in bytes. */
export const writeIdDirectly = (): WriteDirectly => (subject, out) => {
  if (!isInBytes(subject)) return undefined;
  writeSubjectId(subject, out);
  return 0;
};

/** `Subject.reference`, of such a one. */
export const writeReferenceDirectly = (): WriteDirectly => (subject, out) => {
  if (!isInBytes(subject)) return undefined;
  writeTextAt(subject.page, subject.start, out);
  return 0;
};

/** `Subject.type`, of such a one: types are called as the values of `SubjectType` are. */
export const writeTypeDirectly = (): WriteDirectly => (subject, out) => {
  if (!isInBytes(subject)) return undefined;
  out.piece(typeTexts.get((subject as Subject & SubjectInBytes).type) as DataView);
  return 0;
};

/**
 * `Subject.roles`, of any: all roles and scopes with their names, kinds, uuids, ids and cursors, as most tables and trees ask for them.
 * Undefined where anything else is asked, such as a role's holders or a part of the roles, which the resolvers know.
 */
export const writeRolesDirectly = (field: AskedField): WriteDirectly | undefined => {
  const form = rolesFormOf(field);
  return form && ((subject, out) => new RolesWriter(rolesOf(subject as Subject), form, out).write());
};

const rolesOf = (subject: Subject): RolesSource => {
  if (isInBytes(subject)) return new RolesInBytes(subject);
  return isInNumbers(subject) ? new RolesInNumbers(subject) : new MadeRoles(subject);
};

const isInBytes = (subject: unknown): subject is SubjectInBytes =>
  (subject as Partial<SubjectInBytes>).page !== undefined;

const isInNumbers = (subject: Subject): subject is Subject & SubjectInNumbers =>
  (subject as Partial<SubjectInNumbers>).holdings !== undefined;

const typeTexts = new Map(subjectTypes.map((type) => [type, viewOf(Buffer.from(JSON.stringify(type)))]));
