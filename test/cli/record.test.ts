import '../upstream/harness.ts';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { diffReviews } from '../../src/review/diff.ts';
import type { ReviewedSubject } from '../../src/review/ndjson.ts';
import { databaseKinds, keep, type TestDatabases } from '../record/support/databases.ts';
import { alice, changeOf, customerUuid } from '../record/support/role-change.ts';
import { censusOf } from '../record/support/world.ts';
import { createExporter, type Exporter } from '../review/exported.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';
import { ended, type Ended, startCommand } from './command-process.ts';

const mutation = (name: string) =>
  `mutation ($input: RoleChangesInput!) { ${name}(input: $input) { results { status } } }`;

describe.each(databaseKinds)('rolescope record over $name', ({ isMissing, open: openDatabases }) => {
  let databases: TestDatabases;
  let gateway: RunningGateway;
  let exporter: Exporter;
  let place: string;
  let folder: string;
  /** The account as it was at first, and as it was last. */
  const first = { at: '', csv: '', ndjson: '' };
  const last = { at: '', csv: '', ndjson: '' };

  const run = (args: readonly string[], more: Record<string, string> = {}): Promise<Ended> =>
    ended(startCommand(args, { ROLESCOPE_RECORD: place, ...more }));
  const account = (): Record<string, string> => ({
    ROLESCOPE_UPSTREAM_URL: gateway.sandbox.url,
    ROLESCOPE_USERS_URL: gateway.sandbox.urls.users,
    ROLESCOPE_DEVICES_URL: gateway.sandbox.urls.devices,
    ROLESCOPE_POLICIES_URL: gateway.sandbox.urls.policies,
    ROLESCOPE_TOKEN: gateway.sandbox.adminToken,
    ROLESCOPE_RATE_LIMIT: '1000',
  });
  const look = async (state: typeof first): Promise<void> => {
    state.csv = (await exporter.run()).text;
    state.ndjson = (await exporter.run({ format: 'ndjson', names: false })).text;
  };
  const recorded = (count: number): Promise<void> =>
    vi.waitFor(
      async () => {
        const { data } = await gateway.ask<{ record: { changes: { totalCount: number } } | null }, object>(
          '{ record { changes { totalCount } } }',
        );
        expect(data?.record?.changes.totalCount).toBe(count);
      },
      { timeout: 60_000, interval: 100 },
    );

  beforeAll(async () => {
    if (isMissing) return;
    databases = await openDatabases();
    folder = mkdtempSync(join(tmpdir(), 'rolescope-cli-record-'));
    const location = await databases.make();
    place = location.kind === 'directory' ? `file:${location.path}` : location.url;
    // More than a page.
    gateway = await runGateway({ sandbox: { subjects: 1100 }, settings: { record: place, censusEveryMs: 100 } });
    exporter = createExporter(gateway.sandbox);
    await recorded(0);
    await look(first);
    await gateway.ask(mutation('assignRoles'), changeOf('auditor'));
    await recorded(1);
    await gateway.ask(mutation('assignRoles'), changeOf('security.viewer'));
    await recorded(2);
    // Comes and goes: a change, and no difference.
    await gateway.ask(mutation('revokeRoles'), changeOf('auditor'));
    await recorded(3);
    await look(last);
    await gateway.drain();
    const record = keep(location);
    last.at = new Date((await record.summary())?.latestMs ?? 0).toISOString();
    const [oldest] = (await record.changes({}, { from: 'end', count: 1 })).items;
    first.at = new Date(oldest?.notBeforeMs ?? 0).toISOString();
    await record.close();
  }, 150_000);
  afterAll(async () => {
    await exporter?.close();
    await gateway?.close();
    await databases?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  it.skipIf(isMissing)(
    'exports the rows that an export had at that moment, each once, byte for byte',
    async () => {
      const before = await run(['record', 'export', '--at', first.at, '--no-as-of', '--quiet'], account());
      expect({ code: before.code, stderr: before.stderr }).toEqual({ code: 0, stderr: '' });
      expect(before.stdout.split('\r\n').length).toBeGreaterThan(1100);
      expect(eachOnce(before.stdout) === eachOnce(first.csv)).toBe(true);
      const after = await run(['record', 'export', '--at', last.at, '--no-as-of', '--quiet'], account());
      expect(eachOnce(after.stdout) === eachOnce(last.csv)).toBe(true);
      expect(after.stdout).not.toBe(before.stdout);
    },
    60_000,
  );

  it.skipIf(isMissing)(
    'asks upstream for nothing without names, and says in each row when the census was',
    async () => {
      const seen = gateway.sandbox.transcript().length;
      const file = join(folder, 'was.ndjson');
      const later = new Date(Date.parse(first.at) + 1).toISOString();
      const flags = ['--format', 'ndjson', '--no-names', '--quiet', '--output', file];
      const { code, stdout, stderr } = await run(['record', 'export', '--at', later, ...flags], account());
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
      const [was, then] = [readFileSync(file, 'utf8'), first.ndjson].map(linesOf) as [Lines, Lines];
      expect(was.map(({ reference }) => reference)).toEqual(then.map(({ reference }) => reference));
      expect(new Set(was.map(({ asOf }) => asOf))).toEqual(new Set([first.at]));
      // Parts of a role are not recorded, so it is compared by what is held.
      const diff = await diffReviews(
        () => each(was),
        () => each(then),
        { salt: '' },
      );
      expect(diff.changes).toEqual([]);
      expect(gateway.sandbox.transcript().length).toBe(seen);
      const narrow = await run(
        ['record', 'export', '--at', last.at, '--role', 'security.viewer', '--type', 'user', '--no-names'],
        {},
      );
      const rows: Record<string, string>[] = parse(narrow.stdout, { columns: true, record_delimiter: '\r\n' });
      expect(rows).toContainEqual(
        expect.objectContaining({ subject_reference: alice, scope_uuid: customerUuid, as_of: last.at }),
      );
      expect(new Set(rows.map(({ role }) => role))).toEqual(new Set(['security.viewer']));
    },
    60_000,
  );

  it.skipIf(isMissing)(
    'tells what is otherwise since a moment, with the names of today',
    async () => {
      const told = await run(['diff', '--since', first.at, '--format', 'json', '--quiet'], account());
      expect({ code: told.code, stderr: told.stderr }).toEqual({ code: 1, stderr: '' });
      const diff = JSON.parse(told.stdout) as { changes: { subject: object }[] };
      expect(diff).toMatchObject({
        old: { asOf: first.at },
        new: { asOf: last.at },
        granted: 1,
        revoked: 0,
        changes: [
          {
            kind: 'GRANTED',
            subject: { reference: alice, type: 'USER', displayName: expect.stringMatching(/./) as string },
            roleName: 'security.viewer',
            scope: { kind: 'CUSTOMER', uuid: customerUuid, displayName: expect.stringMatching(/./) as string },
          },
        ],
      });
      const none = await run(['diff', '--since', last.at, '--no-names']);
      expect({ code: none.code, stderr: none.stderr }).toEqual({ code: 0, stderr: '' });
      expect(none.stdout).toBe(`No difference from ${last.at} to ${last.at}.\n`);
      const other = await run(['diff', '--since', first.at, '--no-names', '--role', 'auditor']);
      expect({ code: other.code, stdout: other.stdout.split(' ')[0] }).toEqual({ code: 0, stdout: 'No' });
    },
    60_000,
  );

  it.skipIf(isMissing)(
    'tells people and programs how far it goes, and lets go of what is old',
    async () => {
      const people = await run(['record', 'status']);
      expect({ code: people.code, stderr: people.stderr }).toEqual({ code: 0, stderr: '' });
      expect(people.stdout).toMatch(/^kept in {6}a (directory|PostgreSQL server)$/m);
      expect(people.stdout).toMatch(/^censuses {5}[\d,]+, of which 3 differed from the one before$/m);
      const programs = await run(['record', 'status', '--format', 'json']);
      expect(JSON.parse(programs.stdout)).toMatchObject({ latest: last.at, revisionCount: 3, keptDays: 400 });
      const pruned = await run(['record', 'prune']);
      expect(pruned.code).toBe(0);
      expect(pruned.stdout).toMatch(
        /^The record has let go of 0 assignments .* and of 0 censuses\. It begins at .*Z\.\n/,
      );
    },
    60_000,
  );

  it.skipIf(isMissing)(
    'lets go of the days before the ones that are kept, in a record that is older',
    async () => {
      const location = await databases.make();
      const dayMs = 24 * 3600 * 1000;
      const nowMs = Date.now();
      const record = keep(location, { retentionDays: 10_000 });
      const holding = (...names: string[]) =>
        names.map((reference) => ({
          reference,
          rawType: 'SUBJECT_TYPE_USER',
          roles: [{ name: 'reader', scopes: [] }],
        }));
      await record.record(censusOf(nowMs - 100 * dayMs, holding('anna', 'berta')));
      await record.record(censusOf(nowMs - 50 * dayMs, holding('berta')));
      await record.record(censusOf(nowMs - 5 * dayMs, holding('berta', 'carla')));
      await record.close();
      const older = { ROLESCOPE_RECORD: location.kind === 'directory' ? `file:${location.path}` : location.url };
      const { code, stdout } = await run(['record', 'prune', '--record-days', '30'], older);
      expect(code).toBe(0);
      const begins = new Date(nowMs - 50 * dayMs).toISOString();
      expect(stdout).toBe(
        `The record has let go of 1 assignments that had ended, and of 1 censuses. It begins at ${begins}.\n`,
      );
      const gone = await run(['record', 'export', '--no-names', '--at', '2020-01-01'], older);
      expect({ code: gone.code, stdout: gone.stdout }).toEqual({ code: 1, stdout: '' });
      expect(gone.stderr).toBe(`rolescope: The record begins at ${begins}: ask for a later time.\n`);
      const diff = await run(['diff', '--no-names', '--since', '2020-01-01'], older);
      expect({ code: diff.code, stderr: diff.stderr }).toEqual({ code: 2, stderr: gone.stderr });
    },
    60_000,
  );

  it.skipIf(isMissing)(
    'goes on with an export that was killed, as of the same census, whatever was recorded meanwhile',
    async () => {
      const location = await databases.make();
      const kept = { ROLESCOPE_RECORD: location.kind === 'directory' ? `file:${location.path}` : location.url };
      const asOfMs = Date.UTC(2026, 2, 1);
      const holding = (count: number) =>
        Array.from({ length: count }, (_, at) => ({
          reference: `subject-${String(at).padStart(5, '0')}`,
          rawType: 'SUBJECT_TYPE_USER',
          roles: [{ name: 'reader', scopes: [] }],
        }));
      const addCensus = async (count: number, timeMs: number): Promise<void> => {
        const record = keep(location, { retentionDays: 10_000 });
        await record.record(censusOf(timeMs, holding(count)));
        await record.close();
      };
      await addCensus(6000, asOfMs);
      const file = join(folder, 'killed.csv');
      const command = ['record', 'export', '--at', '2026-03-10', '--no-names', '--quiet'];
      const { stdout: whole } = await run(command, kept);
      expect(whole.split('\r\n')).toHaveLength(6002);
      // It may come to its end before it is killed.
      for (let tries = 0; tries < 5; tries++) {
        rmSync(file, { force: true });
        const child = startCommand([...command, '--output', file], kept);
        const end = ended(child);
        while (child.exitCode === null && !existsSync(`${file}.part.json`))
          await new Promise((resolve) => setTimeout(resolve, 1));
        child.kill('SIGKILL');
        if ((await end).signal === 'SIGKILL') break;
      }
      expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, true]);
      // After the moment that is asked for: the census that held then is the same.
      await addCensus(10, Date.UTC(2026, 3, 1));
      const onward = await run([...command, '--output', file, '--resume'], kept);
      expect({ code: onward.code, stderr: onward.stderr }).toEqual({ code: 0, stderr: '' });
      expect(readFileSync(file, 'utf8') === whole).toBe(true);
    },
    90_000,
  );

  it.skipIf(isMissing)(
    'makes no record where there is none, and says so',
    async () => {
      const location = await databases.make();
      // The one is an empty folder, the other an empty database.
      const empty = location.kind === 'directory' ? `file:${mkdtempSync(join(folder, 'empty-'))}` : location.url;
      const { code, stdout, stderr } = await run(['record', 'status'], { ROLESCOPE_RECORD: empty });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^rolescope: there is no record at ROLESCOPE_RECORD: .*\n$/);
    },
    60_000,
  );
});

/** Upstream lists some assignments in two parts of a role, and the record has each once; others differ in components that csv does not show. */
const eachOnce = (csv: string): string => {
  const rows = csv.split('\r\n');
  return rows.filter((row, index) => row !== rows[index - 1]).join('\r\n');
};

type Lines = readonly ReviewedSubject[];
const linesOf = (text: string): Lines =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReviewedSubject);
// oxlint-disable-next-line require-await -- what is compared comes as files are read.
async function* each(lines: Lines): AsyncGenerator<ReviewedSubject> {
  yield* lines;
}

describe('rolescope record', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-cli-record-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const held = join(folder, 'held');

  it.each([
    [['record', 'status'], {}, 1, /no record is named: set ROLESCOPE_RECORD to what `rolescope serve` records to/],
    [['record', 'prune'], { ROLESCOPE_RECORD: '/somewhere' }, 1, /ROLESCOPE_RECORD must be a directory such as/],
    [['record', 'status'], { ROLESCOPE_RECORD: 'file:./not-there' }, 1, /there is no record at ROLESCOPE_RECORD/],
    [
      ['record', 'export', '--at', '2026-03-01', '--no-names'],
      { ROLESCOPE_RECORD: 'postgres://somebody:secret@127.0.0.1:9/nowhere' },
      1,
      /the database of ROLESCOPE_RECORD cannot be reached \(ECONNREFUSED\): see that it runs, and that its address is right/,
    ],
    [
      ['diff', '--since', '2026-03-01', '--no-names'],
      { ROLESCOPE_RECORD: 'postgres://somebody:secret@127.0.0.1:9/nowhere' },
      2,
      /cannot be reached \(ECONNREFUSED\)/,
    ],
    [['record', 'export', '--no-names'], { ROLESCOPE_RECORD: 'file:./x' }, 1, /record export needs --at TIME/],
    [['record', 'export', '--at', '2026-02-30'], {}, 1, /--at must be a day or a moment with its zone, such as/],
    [['record', 'export', '--at', '2026-02-01T10:00'], {}, 1, /--at must be a day or a moment with its zone/],
    [['record', 'export', '--at', '2026-02-01', '--effective'], {}, 1, /record export has no use for --effective/],
    [['record', 'status', '--format', 'csv'], { ROLESCOPE_RECORD: 'file:./x' }, 1, /must be text or json, got "csv"/],
    [
      ['diff', '--since', '2026-03-01', 'old.ndjson'],
      {},
      2,
      /--since asks the record: leave out the files, or --since/,
    ],
    [['diff'], {}, 2, /diff needs OLD \[NEW\]: files to read; or --since TIME, to ask the record/],
    [['record', 'prun'], {}, 1, /unknown command "record prun": use one of record status, record prune, record export/],
  ] as [string[], Record<string, string>, number, RegExp][])(
    'ends %j with %j in one line that says what to do',
    async (args, environment, status, message) => {
      const { code, stdout, stderr } = await ended(startCommand(args, environment));
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain('secret');
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect({ code, stdout }).toEqual({ code: status, stdout: '' });
    },
  );

  it('says which process is in the way of a directory, and which account is missing for names', async () => {
    const record = keep({ kind: 'directory', path: held });
    await record.record(censusOf(Date.UTC(2026, 2, 1), []));
    const taken = await ended(startCommand(['record', 'status'], { ROLESCOPE_RECORD: `file:${held}` }));
    expect(taken.code).toBe(1);
    expect(taken.stderr).toMatch(/^rolescope: another process has the directory .*: stop the gateway that keeps it/);
    await record.close();
    const nameless = await ended(
      startCommand(['record', 'export', '--at', '2026-03-02'], { ROLESCOPE_RECORD: `file:${held}` }),
    );
    expect({ code: nameless.code, stdout: nameless.stdout }).toEqual({ code: 1, stdout: '' });
    expect(nameless.stderr).toMatch(
      /^rolescope: the record has no names, .*\(--no-names leaves them out\): .*set ROLESCOPE_REGION/,
    );
  }, 60_000);
});
