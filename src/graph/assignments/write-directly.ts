import type { SubjectInBytes } from '../../model/scanned-page.ts';
import { type Subject, subjectTypes } from '../../model/subject.ts';
import { type JsonBytes, viewOf, type WriteDirectly } from '../../platform/byte-text.ts';
import type { AskedField } from '../field-facts.ts';
import { writeSubjectId } from '../relay/written-ids.ts';
import { rolesFormOf } from './roles-form.ts';
import { RolesWriter } from './roles-writer.ts';

// How fields of a subject are written past their resolvers where it stands in bytes.

/** `Subject.id`. */
export const writeIdDirectly = (): WriteDirectly => (subject, out) => {
  if (!isInBytes(subject)) return undefined;
  writeSubjectId(subject, out);
  return 0;
};

/** `Subject.reference`. */
export const writeReferenceDirectly = (): WriteDirectly => (subject, out) =>
  isInBytes(subject) ? writeReference(subject, out) : undefined;

/** `Subject.type`: types are called as the values of `SubjectType` are. */
export const writeTypeDirectly = (): WriteDirectly => (subject, out) =>
  isInBytes(subject) ? writeType(subject, out) : undefined;

/**
 * `Subject.roles`: all roles and scopes with their names, kinds, uuids, ids and cursors, as most tables and trees ask for them.
 * Undefined where anything else is asked, such as a role's holders or a part of the roles, which the resolvers know.
 */
export const writeRolesDirectly = (field: AskedField): WriteDirectly | undefined => {
  const form = rolesFormOf(field);
  return form && ((subject, out) => (isInBytes(subject) ? new RolesWriter(subject, form, out).write() : undefined));
};

const isInBytes = (subject: unknown): subject is Subject & SubjectInBytes =>
  (subject as Partial<SubjectInBytes>).page !== undefined;

const writeReference = ({ page: { bytes, places }, start }: SubjectInBytes, out: JsonBytes): number => {
  const from = places[start] as number;
  if (from === 0) out.piece(emptyText);
  else out.part(bytes, from - 1, (places[start + 1] as number) + 1);
  return 0;
};

const writeType = ({ type }: Subject, out: JsonBytes): number => {
  out.piece(typeTexts.get(type) as DataView);
  return 0;
};

const emptyText = viewOf(Buffer.from('""'));
const typeTexts = new Map(subjectTypes.map((type) => [type, viewOf(Buffer.from(JSON.stringify(type)))]));
