import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import type { Random } from '../platform/random.ts';

// What replicas share is worth nothing to whoever reads or writes Redis: names are keyed hashes, values are encrypted and
// bound to their name. All keys come from the caller's credential key, which is itself the hash of a secret and never stored.

const version = 1;
const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

const deriveKey = (credentialKey: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', credentialKey, '', `rolescope ${version} ${purpose}`, 32));

/** What kind of thing is shared. */
type SharedKind = 'page' | 'pending' | 'rate' | 'value' | 'version';

/** Where replicas tell each other something. */
export const sharedChannel = (about: string): string => `rolescope:${version}:${about}`;

/** Gives names in Redis to what belongs to a caller. They tell neither whose it is nor what was asked. */
export const namesOf = (kind: SharedKind, credentialKey: string): ((what: string) => string) => {
  const key = deriveKey(credentialKey, `name of ${kind}`);
  return (what) => `rolescope:${version}:${kind}:${createHmac('sha256', key).update(what).digest('base64url')}`;
};

/** One name of them. */
export const sharedName = (kind: SharedKind, credentialKey: string, what: string): string =>
  namesOf(kind, credentialKey)(what);

/** Encrypts what belongs to a caller, each value for its name. */
interface SharedCipher {
  readonly seal: (name: string, value: Buffer, random: Random) => Buffer;
  /** The value as it was sealed for this caller and name; undefined for anything else. */
  readonly unseal: (name: string, sealed: Buffer) => Buffer | undefined;
}

export const cipherOf = (credentialKey: string): SharedCipher => {
  const key = deriveKey(credentialKey, 'value');
  return {
    seal(name, value, random) {
      const iv = createHash('sha256').update(random.uuid()).digest().subarray(0, ivBytes);
      const encryption = createCipheriv(cipher, key, iv).setAAD(Buffer.from(name));
      const encrypted = [encryption.update(value), encryption.final()];
      return Buffer.concat([Buffer.from([version]), iv, encryption.getAuthTag(), ...encrypted]);
    },
    unseal(name, sealed) {
      const start = 1 + ivBytes + tagBytes;
      if (sealed.length < start || sealed[0] !== version) return undefined;
      const iv = sealed.subarray(1, 1 + ivBytes);
      const decryption = createDecipheriv(cipher, key, iv, { authTagLength: tagBytes });
      decryption.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(1 + ivBytes, start));
      try {
        return Buffer.concat([decryption.update(sealed.subarray(start)), decryption.final()]);
      } catch {
        return undefined;
      }
    },
  };
};

/** Encrypts one value for its name. */
export const seal = (credentialKey: string, name: string, value: Buffer, random: Random): Buffer =>
  cipherOf(credentialKey).seal(name, value, random);

/** The value as it was sealed for this caller and name; undefined for anything else. */
export const unseal = (credentialKey: string, name: string, sealed: Buffer): Buffer | undefined =>
  cipherOf(credentialKey).unseal(name, sealed);
