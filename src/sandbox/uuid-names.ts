import { mix } from './chance.ts';

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

const hex8 = (n: number): string => n.toString(16).padStart(8, '0');
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const rounds = [1, 2, 3, 4];

/**
 * Kind and index go through a keyed Feistel network, which can be run backwards: its two halves are the first and the
 * last eight hex digits. What stands between is a checksum of them in the clothes of a version 4 uuid.
 */
export const createUuidNames = (seed: number): UuidNames => {
  const keys = rounds.map((round) => mix(seed, round));
  const uuidOf = (kind: number, index: number): string => {
    let left = index >>> 0;
    let right = kind >>> 0;
    for (const key of keys) [left, right] = [right, (left ^ mix(right, key)) >>> 0];
    const check = mix(mix(seed, left), right);
    const more = mix(check, 7);
    const variant = ((check & 0x3fff) | 0x8000).toString(16);
    const version = ((more & 0x0fff) | 0x4000).toString(16);
    const filler = hex8(more).slice(0, 4);
    return `${hex8(left)}-${hex8(check).slice(0, 4)}-${version}-${variant}-${filler}${hex8(right)}`;
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
