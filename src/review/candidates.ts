import { contentKey, hashOf, subjectKey } from './assignment-keys.ts';
import type { ReviewedSubject } from './ndjson.ts';

/** Reads a file from its start. */
export type ReadSubjects = () => AsyncGenerator<ReviewedSubject>;

/** Whether a subject may differ between the two; never false of one that does. */
export type MayDiffer = (subject: ReviewedSubject) => boolean;

export interface FindCandidatesOptions {
  readonly salt: string;
  /** Subjects that may wait for their counterpart while both files are read side by side. Default: 5000. */
  readonly maxWaiting?: number;
}

/**
 * Finds the subjects that may differ. Both are read side by side, and a subject waits until the other file has come to it: in one order that is as many as there
 * are differences. Where more wait than they may, the files are in other orders, or differ in very much: then both are read again, with 16 bytes for each subject.
 */
export const findCandidates = async (
  readOld: ReadSubjects,
  readNew: ReadSubjects,
  { salt, maxWaiting = 5000 }: FindCandidatesOptions,
): Promise<MayDiffer> =>
  (await sideBySide(readOld, readNew, { salt, maxWaiting })) ?? (await byHashes(readOld, readNew, salt));

const sideBySide = async (
  readOld: ReadSubjects,
  readNew: ReadSubjects,
  { salt, maxWaiting }: Required<FindCandidatesOptions>,
): Promise<MayDiffer | undefined> => {
  const sides = [readOld(), readNew()].map((subjects) => ({
    subjects,
    waiting: new Map<string, bigint>(),
    isOver: false,
  }));
  const differing = new Set<string>();
  try {
    while (sides.some(({ isOver }) => !isOver)) {
      for (const [index, side] of sides.entries()) {
        if (side.isOver) continue;
        const { value: subject, done } = await side.subjects.next();
        if (done === true) {
          side.isOver = true;
          continue;
        }
        const other = sides[1 - index] as (typeof sides)[number];
        const key = subjectKey(subject);
        const content = hashOf(salt, contentKey(subject));
        const counterpart = other.waiting.get(key);
        if (counterpart === undefined) {
          // One that comes twice in a file is looked at as a whole.
          if (side.waiting.has(key)) differing.add(key);
          side.waiting.set(key, content);
        } else {
          other.waiting.delete(key);
          if (counterpart !== content) differing.add(key);
        }
        if (side.waiting.size + other.waiting.size + differing.size > maxWaiting) return undefined;
      }
    }
  } finally {
    await Promise.all(sides.map(({ subjects }) => subjects.return(undefined)));
  }
  for (const { waiting } of sides) for (const key of waiting.keys()) differing.add(key);
  return (subject) => differing.has(subjectKey(subject));
};

const byHashes = async (readOld: ReadSubjects, readNew: ReadSubjects, salt: string): Promise<MayDiffer> => {
  const sums = new HashSums();
  // What is the same on both sides adds up to nothing.
  for await (const subject of readOld()) sums.add(hashOf(salt, subjectKey(subject)), hashOf(salt, contentKey(subject)));
  for await (const subject of readNew())
    sums.add(hashOf(salt, subjectKey(subject)), -hashOf(salt, contentKey(subject)));
  return (subject) => sums.of(hashOf(salt, subjectKey(subject))) !== 0n;
};

/** Numbers by hashes, 16 bytes each: a map of them takes five times as much. */
class HashSums {
  #keys = new BigUint64Array(1024);
  #sums = new BigUint64Array(1024);
  #count = 0;

  add(key: bigint, value: bigint): void {
    // Three quarters full.
    if (4 * this.#count >= 3 * this.#keys.length) this.#grow();
    const at = this.#slotOf(key);
    if (this.#keys[at] === 0n) {
      this.#keys[at] = key;
      this.#count++;
    }
    // Overflow is what arithmetic modulo 2^64 is about.
    this.#sums[at] = BigInt.asUintN(64, (this.#sums[at] ?? 0n) + value);
  }

  of(key: bigint): bigint {
    return this.#sums[this.#slotOf(key)] ?? 0n;
  }

  /** Where a key is, or would be. An empty slot has the key 0, which one hash in 2^64 has. */
  #slotOf(key: bigint): number {
    const mask = this.#keys.length - 1;
    let at = Number(key & BigInt(mask));
    while (this.#keys[at] !== 0n && this.#keys[at] !== key) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [keys, sums] = [this.#keys, this.#sums];
    this.#keys = new BigUint64Array(2 * keys.length);
    this.#sums = new BigUint64Array(2 * keys.length);
    for (const [index, key] of keys.entries()) {
      if (key === 0n) continue;
      const at = this.#slotOf(key);
      this.#keys[at] = key;
      this.#sums[at] = sums[index] ?? 0n;
    }
  }
}
