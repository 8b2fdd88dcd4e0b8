/**
 * What recording an account beyond memory takes: `npm run bench:record-walk -- DIRECTORY_OR_ADDRESS [subjects]`. Walks through made-up pages of 1,000 subjects, which nobody keeps: a first census, one that is equal, and
 * one that differs in a thousandth of the subjects. Says how long each took, upstream's time apart, and what memory the process had at most.
 */
import { createScope, createSubject, type Subject } from '../src/model/subject.ts';
import { systemClock } from '../src/platform/clock.ts';
import { silentLogger } from '../src/platform/logger.ts';
import { createRecord } from '../src/record/create-record.ts';
import { readRecordLocation } from '../src/record/location.ts';
import type { WalkedPage } from '../src/record/recording/write-walk.ts';
import { readUsage } from './processes.ts';

const [place = 'file:./rolescope-record-bench', subjectsText = '200000'] = process.argv.slice(2);
const subjectCount = Number(subjectsText);

const uuidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const customers = Array.from({ length: 2000 }, (_, at) =>
  createScope([{ kind: 'CUSTOMER', field: 'customerUuid', uuid: uuidOf(at) }]),
);
const makeSubject = (number: number, turn: number): Subject =>
  createSubject(
    uuidOf(1_000_000 + number),
    'SUBJECT_TYPE_USER',
    [0, 1, 2].map((part) => ({
      name: `role ${(number * 7 + part * 13 + turn) % 40}`,
      scopes: customers.slice((number * 31 + part * 977) % 1999).slice(0, 1),
    })),
  );

/** `turn`: a thousandth of the subjects holds something else in each. */
async function* walk(turn: number): AsyncGenerator<WalkedPage> {
  await Promise.resolve();
  for (let start = 0; start < subjectCount; start += 1000) {
    const items = Array.from({ length: Math.min(1000, subjectCount - start) }, (_, at) =>
      makeSubject(start + at, (start + at) % 1000 === 7 ? turn : 0),
    );
    yield { items, fetchedAtMs: Date.now() };
  }
}

const usage = (what: 'memoryBytes' | 'peakMemoryBytes'): number =>
  Math.round((readUsage(process.pid)?.[what] ?? Number.NaN) / 1e6);
const line = (name: string, text: string): boolean => process.stdout.write(`${name.padEnd(36)} ${text}\n`);

const record = createRecord({
  location: readRecordLocation(place),
  retentionDays: 400,
  clock: systemClock,
  logger: silentLogger,
});
await record.ready();
line('subjects, idle memory', `${subjectCount}, ${usage('memoryBytes')} MB`);
for (const [name, turn] of [
  ['first census', 0],
  ['equal census', 0],
  ['census with 0.1 % changed', 1],
] as const) {
  const began = performance.now();
  const written = await record.recordWalk(walk(turn));
  const seconds = (performance.now() - began) / 1000;
  line(
    name,
    `${seconds.toFixed(1)} s, ${JSON.stringify(written)}; ${usage('memoryBytes')} MB, ${usage('peakMemoryBytes')} at most`,
  );
}
const began = performance.now();
const census = await record.census();
line('counts', `${Math.round(performance.now() - began)} ms: ${census?.assignmentCount} assignments`);
await record.close();
