import type { Page } from '../model/page.ts';
import type { Scope, Subject } from '../model/subject.ts';

// What V8 takes on a 64-bit machine without pointer compression, as Node is built. A test compares the sum with the heap.
const word = 8;
const object = (fields: number) => (3 + fields) * word;
const array = (length: number) => (length === 0 ? 4 * word : (4 + 2 + length) * word);
// One byte a character: references, role names and uuids are ASCII. Short values come out of JSON.parse shared.
const longestShared = 10;
const text = (length: number) => (length <= longestShared ? 0 : 2 * word + ((length + 7) & ~7));

const scopeBytes = (scope: Scope): number => {
  const { length } = scope.components;
  // Those of a composite scope are gathered one by one, and a growing array takes room for 17 at once.
  let bytes = object(3) + array(length > 1 ? Math.max(length, 17) : length);
  for (const { uuid } of scope.components) bytes += object(3) + text(uuid.length);
  return bytes;
};

/** Scopes are counted once a page: reading a page shares equal ones. */
const subjectBytes = (subject: Subject, counted: Set<Scope>): number => {
  let bytes = object(4) + text(subject.reference.length) + text(subject.rawType.length) + array(subject.roles.length);
  for (const role of subject.roles) {
    // Global roles share one empty list.
    bytes += object(4) + text(role.name.length) + (role.scopes.length === 0 ? 0 : array(role.scopes.length));
    for (const scope of role.scopes) {
      if (counted.has(scope)) continue;
      counted.add(scope);
      bytes += scopeBytes(scope);
    }
  }
  return bytes;
};

// The page object, its key, and its places in the maps that find it.
const perPage = 1200;
// A sighting and its place in the index of subjects.
const perSubject = 100;

/** About how many bytes of memory a kept page takes, with the index that it may enter. */
export const pageBytes = (page: Page): number => {
  let bytes = perPage + array(page.subjects.length);
  const counted = new Set<Scope>();
  for (const subject of page.subjects) bytes += perSubject + subjectBytes(subject, counted);
  return bytes;
};
