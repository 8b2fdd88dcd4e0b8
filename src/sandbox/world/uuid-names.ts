import { mix } from '../core/prng.ts';

/** What a made-up uuid stands for: the `index`-th thing of a kind. */
export interface Named {
  readonly kind: number;
  readonly index: number;
}

/** Names the things of a made-up world with uuids, and reads the names back, without keeping any of them. */
export interface UuidNames {
  uuidOf(kind: number, index: number): string;
  /** Undefined for every string that `uuidOf` does not give. */
  read(uuid: string): Named | undefined;
}

const hexDigits = Buffer.from('0123456789abcdef');
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const rounds = [1, 2, 3, 4];

/**
 * Kind and index go through a keyed Feistel network, which can be run backwards: its two halves are the first and the
 * last eight hex digits. What stands between is a checksum of them in the clothes of a version 4 uuid.
 */
export const createUuidNames = (seed: number): UuidNames => {
  const keys = rounds.map((round) => mix(seed, round));
  // Uuids are made by the thousand for each page: a text that is written in place is several times cheaper than a template.
  const text = Buffer.from('00000000-0000-0000-0000-000000000000');
  const write = (at: number, word: number): void => {
    text[at] = hexDigits[(word >>> 12) & 15] as number;
    text[at + 1] = hexDigits[(word >>> 8) & 15] as number;
    text[at + 2] = hexDigits[(word >>> 4) & 15] as number;
    text[at + 3] = hexDigits[word & 15] as number;
  };
  const uuidOf = (kind: number, index: number): string => {
    let left = index >>> 0;
    let right = kind >>> 0;
    for (let round = 0; round < keys.length; round++) {
      const next = (left ^ mix(right, keys[round] as number)) >>> 0;
      left = right;
      right = next;
    }
    const check = mix(mix(seed, left), right);
    const more = mix(check, 7);
    const version = (more & 0x0fff) | 0x4000;
    const variant = (check & 0x3fff) | 0x8000;
    write(0, left >>> 16);
    write(4, left);
    write(9, check >>> 16);
    write(14, version);
    write(19, variant);
    write(24, more >>> 16);
    write(28, right >>> 16);
    write(32, right);
    return text.toString('latin1');
  };
  return {
    uuidOf,
    read(uuid) {
      if (!shape.test(uuid)) return undefined;
      let left = Number.parseInt(uuid.slice(0, 8), 16);
      let right = Number.parseInt(uuid.slice(28), 16);
      for (const key of keys.toReversed()) [left, right] = [(right ^ mix(left, key)) >>> 0, left];
      return uuidOf(right, left) === uuid ? { kind: right, index: left } : undefined;
    },
  };
};
