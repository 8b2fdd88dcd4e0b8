import { createHash } from 'node:crypto';
import { keyPart } from '../platform/key-part.ts';
import type { ReviewedRole, ReviewedScope, ReviewedSubject } from './ndjson.ts';

/** One assignment of a subject. */
export interface ReviewedAssignment {
  readonly role: ReviewedRole;
  /** Absent: held everywhere. */
  readonly scope?: ReviewedScope;
}

/** Who a line is about: what stands for the subject in both files. */
export const subjectKey = ({ rawType, reference }: ReviewedSubject): string => keyPart(rawType) + reference;

/** What a subject holds, each once, by what it is: names do not count, nor the order of components. */
export const assignmentsOf = ({ roles }: ReviewedSubject): ReadonlyMap<string, ReviewedAssignment> => {
  const held = new Map<string, ReviewedAssignment>();
  for (const role of roles) {
    const prefix = keyPart(role.name);
    if (role.scopes.length === 0) held.set(`${prefix}*`, { role });
    for (const scope of role.scopes) held.set(prefix + scopeKey(scope), { role, scope });
  }
  return held;
};

const scopeKey = ({ components }: ReviewedScope): string =>
  [...new Set(components.map(({ field, uuid }) => keyPart(field) + keyPart(uuid)))].sort().join('');

/** The same for subjects that hold the same. */
export const contentKey = (subject: ReviewedSubject): string =>
  [...assignmentsOf(subject).keys()].sort().map(keyPart).join('');

/** 64 bits of a text, salted, so that nobody can choose names that are taken for one another. */
export const hashOf = (salt: string, text: string): bigint =>
  createHash('sha256').update(salt).update(text).digest().readBigUInt64BE();
