import { diffReviews } from '../../src/review/diff.ts';
import type { ReadSubjects } from '../../src/review/candidates.ts';
import { readNdjson } from '../../src/review/read-ndjson.ts';

// A program: compares two files, looks at what is held on the way after collecting garbage, and tells.

const [oldFile = '', newFile = ''] = process.argv.slice(2);

const collect = globalThis.gc ?? (() => {});

/** What is held now, by objects and by buffers. */
const heldBytes = (): number => {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** Lines between two looks: collecting takes some milliseconds. */
const linesBetween = 10_000;

// What reading and comparing need once, code included, is no memory of the difference.
await diffReviews(firstOf(oldFile), firstOf(oldFile), { salt: 'salt' });
const atStart = heldBytes();

let mostBytes = 0;
let looks = 0;
let lines = 0;
const look = (): void => {
  looks++;
  mostBytes = Math.max(mostBytes, heldBytes() - atStart);
};

const watched = (file: string): ReadSubjects =>
  async function* () {
    for await (const subject of readNdjson(file)) {
      if (++lines % linesBetween === 0) look();
      yield subject;
    }
  };

function firstOf(file: string): ReadSubjects {
  return async function* () {
    let left = 100;
    for await (const subject of readNdjson(file)) {
      if (left-- === 0) return;
      yield subject;
    }
  };
}

const { changes } = await diffReviews(watched(oldFile), watched(newFile), { salt: 'salt' });
look();
process.stdout.write(
  JSON.stringify({
    mostBytes,
    looks,
    granted: changes.filter(({ kind }) => kind === 'GRANTED').length,
    revoked: changes.filter(({ kind }) => kind === 'REVOKED').length,
    references: [...new Set(changes.map(({ subject }) => subject.reference))],
  }),
);
