import { createHash } from 'node:crypto';
import { componentsKey } from '../../access/census/scope-keys.ts';
import type { Scope, Subject } from '../../model/subject.ts';
import { keyPart } from '../../platform/key-part.ts';

/** One assignment of a subject. */
export interface Held {
  readonly roleName: string;
  /** Null: everywhere. */
  readonly scope: Scope | null;
}

/** Length of a digest, in bytes: enough that no two things ever have the same. */
export const digestBytes = 16;

export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest().subarray(0, digestBytes);

/** Everything that a subject holds, each once, by what is the same exactly for the same role and place. */
export const heldBy = ({ roles }: Subject): ReadonlyMap<string, Held> => {
  const held = new Map<string, Held>();
  for (const { name, scopes } of roles) {
    if (scopes.length === 0) held.set(`${keyPart(name)}*`, { roleName: name, scope: null });
    for (const scope of scopes) held.set(`${keyPart(name)}@${componentsKey(scope)}`, { roleName: name, scope });
  }
  return held;
};

/** Of a subject and all that it holds, in whatever order upstream lists that. */
export const digestOfHeld = ({ reference, rawType }: Subject, held: ReadonlyMap<string, Held>): Buffer => {
  const keys = held.size === 1 ? [...held.keys()] : [...held.keys()].sort();
  return digestOf(keyPart(reference) + keyPart(rawType) + keys.map(keyPart).join(''));
};

/** The key that a scope is stored under. */
export const digestOfScope = (scope: Scope): Buffer => digestOf(componentsKey(scope));
