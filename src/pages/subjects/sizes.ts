import type { Scope, Subject } from '../../model/subject.ts';
import { arrayBytes, objectBytes, textBytes } from '../sizes.ts';
import { compactBytes, sharedHoldings } from './compact.ts';

const scopeBytes = ({ components }: Scope): number => {
  let bytes = objectBytes(3) + arrayBytes(components.length);
  for (const { uuid } of components) bytes += objectBytes(3) + textBytes(uuid.length);
  return bytes;
};

/** Scopes, names of roles and types are counted once a page: reading a page shares equal ones. */
const subjectBytes = (subject: Subject, counted: Set<Scope | string>): number => {
  const compact = compactBytes(subject);
  if (compact !== undefined) return compact + sharedTextBytes(subject.rawType, counted);
  let bytes =
    objectBytes(4) +
    textBytes(subject.reference.length) +
    sharedTextBytes(subject.rawType, counted) +
    arrayBytes(subject.roles.length);
  for (const role of subject.roles) {
    // Global roles share one empty list.
    bytes +=
      objectBytes(4) +
      sharedTextBytes(role.name, counted) +
      (role.scopes.length === 0 ? 0 : arrayBytes(role.scopes.length));
    for (const scope of role.scopes) {
      if (counted.has(scope)) continue;
      counted.add(scope);
      bytes += scopeBytes(scope);
    }
  }
  return bytes;
};

const sharedTextBytes = (text: string, counted: Set<Scope | string>): number => {
  if (counted.has(text)) return 0;
  counted.add(text);
  return textBytes(text.length);
};

/** About how many bytes of memory the subjects of one page take. */
export const subjectsBytes = (subjects: readonly Subject[]): number => {
  let bytes = 0;
  const counted = new Set<Scope | string>();
  const shared = new Set<{ readonly sizeBytes: number }>();
  for (const subject of subjects) {
    bytes += subjectBytes(subject, counted);
    const holdings = sharedHoldings(subject);
    if (holdings !== undefined) shared.add(holdings);
  }
  for (const { sizeBytes } of shared) bytes += sizeBytes;
  return bytes;
};
