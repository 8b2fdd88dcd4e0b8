/**
 * What a record costs: `npm run bench:record -- DIRECTORY_OR_ADDRESS [subjects] [censuses]`. Fills an empty record with one census, then records others of which each differs
 * in a thousandth of the subjects, and says what each took and left behind.
 */
import { createSubject, createScope, type Subject } from '../src/model/subject.ts';
import { systemClock } from '../src/platform/clock.ts';
import { silentLogger } from '../src/platform/logger.ts';
import { createRecord } from '../src/record/create-record.ts';
import { readRecordLocation } from '../src/record/location.ts';

const [place = 'file:./rolescope-record-bench', subjectsText = '100000', censusesText = '200'] = process.argv.slice(2);
const [subjectCount, censusCount] = [Number(subjectsText), Number(censusesText)];

/** The same numbers each time. */
let state = 1;
const below = (end: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * end);
};
const uuidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const customers = Array.from({ length: 2000 }, (_, at) =>
  createScope([{ kind: 'CUSTOMER', field: 'customerUuid', uuid: uuidOf(at) }]),
);
const makeSubject = (number: number): Subject =>
  createSubject(
    uuidOf(1_000_000 + number),
    'SUBJECT_TYPE_USER',
    Array.from({ length: 3 }, () => ({
      name: `role ${below(40)}`,
      scopes: [customers[below(customers.length)], customers[below(customers.length)]].filter(
        (scope) => scope !== undefined,
      ),
    })),
  );

const record = createRecord({
  location: readRecordLocation(place),
  retentionDays: 400,
  clock: systemClock,
  logger: silentLogger,
});
await record.ready();
const subjects = Array.from({ length: subjectCount }, (_, at) => makeSubject(at));
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
const startMs = Date.now() - 1e9;

const take = async (round: number): Promise<number> => {
  const began = performance.now();
  await record.record({ asOfMs: startMs + round * 60_000, subjects });
  return performance.now() - began;
};
const sizeOf = async (): Promise<number> => (await record.status()).sizeBytes;

const emptyBytes = await sizeOf();
const firstMs = await take(0);
const fullBytes = await sizeOf();
const equalMs = [await take(1), await take(2), await take(3)];
const times: number[] = [];
const resident: number[] = [];
for (let round = 4; round < 4 + censusCount; round++) {
  for (let change = 0; change < subjectCount / 1000; change++) {
    const at = below(subjectCount);
    subjects[at] = makeSubject(at);
  }
  times.push(await take(round));
  if ((round - 4) % Math.max(1, Math.floor(censusCount / 5)) === 0) resident.push(process.memoryUsage().rss);
}
const endBytes = await sizeOf();
resident.push(process.memoryUsage().rss);
const { assignments, censuses } = await record.status();
const line = (name: string, text: string): boolean => process.stdout.write(`${name.padEnd(36)} ${text}\n`);
line('subjects, assignments of the first', `${subjectCount}, ${subjectCount * 6} at most`);
line('first census', `${(firstMs / 1000).toFixed(1)} s, ${megabytes(fullBytes - emptyBytes)} MB`);
line('equal census', `${median(equalMs).toFixed(0)} ms`);
line(
  `census with 0.1 % changed (${censusCount})`,
  `median ${median(times).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms, ${((endBytes - fullBytes) / censusCount / 1000).toFixed(1)} kB each`,
);
line('in the end', `${assignments} assignments, ${censuses} censuses, ${megabytes(endBytes)} MB`);
line('resident memory over time', `${resident.map(megabytes).join(', ')} MB`);
await record.close();
