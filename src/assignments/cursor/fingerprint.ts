import { hash } from 'node:crypto';
import { keyPart } from '../../platform/key-part.ts';

/** Part of a name: a text, nothing at all, or a list of parts. */
export type NamePart = string | undefined | readonly NamePart[];

/** One text for the parts, unlike that of any other parts: every part says how long it is. */
export const canonicalText = (part: NamePart): string => {
  if (part === undefined || typeof part === 'string') return keyPart(part);
  return `${part.length}[${part.map(canonicalText).join('')}`;
};

/** Length of every fingerprint. */
export const fingerprintLength = 8;

/**
 * A short name for what the parts say, in base64url's alphabet. It tells one question from another where a client mixes
 * them up; it proves nothing and grants nothing, so 48 bits are enough.
 */
export const fingerprintOf = (parts: NamePart): string =>
  hash('sha256', canonicalText(parts), 'base64url').slice(0, fingerprintLength);
