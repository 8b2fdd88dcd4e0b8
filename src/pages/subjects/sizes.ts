import type { Scope, Subject } from '../../model/subject.ts';
import { arrayBytes, objectBytes, textBytes } from '../sizes.ts';

const scopeBytes = (scope: Scope): number => {
  const { length } = scope.components;
  // Those of a composite scope are gathered one by one, and a growing array takes room for 17 at once.
  let bytes = objectBytes(3) + arrayBytes(length > 1 ? Math.max(length, 17) : length);
  for (const { uuid } of scope.components) bytes += objectBytes(3) + textBytes(uuid.length);
  return bytes;
};

/** Scopes are counted once a page: reading a page shares equal ones. */
const subjectBytes = (subject: Subject, counted: Set<Scope>): number => {
  let bytes =
    objectBytes(4) +
    textBytes(subject.reference.length) +
    textBytes(subject.rawType.length) +
    arrayBytes(subject.roles.length);
  for (const role of subject.roles) {
    // Global roles share one empty list.
    bytes +=
      objectBytes(4) + textBytes(role.name.length) + (role.scopes.length === 0 ? 0 : arrayBytes(role.scopes.length));
    for (const scope of role.scopes) {
      if (counted.has(scope)) continue;
      counted.add(scope);
      bytes += scopeBytes(scope);
    }
  }
  return bytes;
};

/** About how many bytes of memory the subjects of one page take. */
export const subjectsBytes = (subjects: readonly Subject[]): number => {
  let bytes = 0;
  const counted = new Set<Scope>();
  for (const subject of subjects) bytes += subjectBytes(subject, counted);
  return bytes;
};
