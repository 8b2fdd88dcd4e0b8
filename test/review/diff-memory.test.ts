import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReviewedSubject } from '../../src/review/ndjson.ts';

const subjects = 100_000;
const changes = 500;
const root = fileURLToPath(new URL('../..', import.meta.url));

const uuidOf = (kind: string, index: number): string =>
  `${kind}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

/** As an export has it: three roles at two scopes each, with names. */
const subjectOf = (index: number, isChanged: boolean): ReviewedSubject => ({
  reference: uuidOf('aaaaaaaa', index),
  type: 'USER',
  rawType: 'SUBJECT_TYPE_USER',
  displayName: `User number ${index}`,
  email: `user.${index}@people.example`,
  roles: [0, 1, 2].map((role) => ({
    name: isChanged && role === 1 ? 'newly granted' : `role ${(index + role) % 40}`,
    isGlobal: false,
    scopes: [0, 1].map((scope) => {
      const uuid = uuidOf('cccccccc', (index * 7 + role * 3 + scope) % 5000);
      return {
        kind: 'CUSTOMER',
        uuid,
        displayName: `Customer ${uuid.slice(-4)}`,
        components: [{ kind: 'CUSTOMER', field: 'customerUuid', uuid }],
      };
    }),
  })),
  asOf: '2026-11-26T07:00:00.000Z',
});

/** What the difference has to be, for `changes` subjects: two scopes of one role granted, two of another revoked. */
const isChanged = (index: number): boolean => index % (subjects / changes) === 3;

describe('the memory of a difference', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-diff-memory-'));
  const [oldFile, newFile, shuffledFile] = ['old', 'new', 'shuffled'].map((name) => join(folder, `${name}.ndjson`)) as [
    string,
    string,
    string,
  ];
  const write = async (file: string, subjectAt: (line: number) => ReviewedSubject): Promise<void> => {
    const stream = createWriteStream(file);
    for (let line = 0; line < subjects; line += 1000) {
      const lines = Array.from({ length: 1000 }, (_, next) => `${JSON.stringify(subjectAt(line + next))}\n`).join('');
      if (!stream.write(lines)) await once(stream, 'drain');
    }
    stream.end();
    await once(stream, 'close');
  };
  beforeAll(async () => {
    await write(oldFile, (line) => subjectOf(line, false));
    await write(newFile, (line) => subjectOf(line, isChanged(line)));
    await write(shuffledFile, (line) => {
      const index = (line * 7919) % subjects;
      return subjectOf(index, isChanged(index));
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['both are in one order', newFile],
    ['one is shuffled', shuffledFile],
  ])('is less than a tenth of either file where %s', (_how, other) => {
    // A process of its own: what other tests leave behind must not count.
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', 'test/review/measured-diff.ts', oldFile, other],
      { cwd: root, encoding: 'utf8' },
    );
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const { mostBytes, looks, granted, revoked, references } = JSON.parse(stdout) as {
      mostBytes: number;
      looks: number;
      granted: number;
      revoked: number;
      references: string[];
    };
    expect(references).toEqual(
      Array.from({ length: subjects }, (_, index) => index)
        .filter(isChanged)
        .map((index) => uuidOf('aaaaaaaa', index)),
    );
    expect({ granted, revoked }).toEqual({ granted: 2 * changes, revoked: 2 * changes });
    expect(looks).toBeGreaterThan(20);
    expect(mostBytes).toBeGreaterThan(0);
    expect(mostBytes).toBeLessThan(Math.min(statSync(oldFile).size, statSync(other).size) / 10);
  });
});
