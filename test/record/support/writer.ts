// Records every census that comes as a line of JSON, whole or page by page, one after the other, and says so. Made to be killed.
import { createInterface } from 'node:readline';
import { readRecordLocation } from '../../../src/record/location.ts';
import { keep } from './databases.ts';
import { censusOf, walk } from './world.ts';

const record = keep(readRecordLocation(process.argv[2] ?? ''));
await record.ready();
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const { asOfMs, content, isWalk } = JSON.parse(line) as {
    asOfMs: number;
    content: Parameters<typeof censusOf>[1];
    isWalk: boolean;
  };
  const census = censusOf(asOfMs, content);
  const written = await (isWalk ? record.recordWalk(walk(census.subjects, asOfMs)) : record.record(census));
  process.stdout.write('asOfMs' in written ? `done ${written.asOfMs}\n` : `${written.outcome}\n`);
}
