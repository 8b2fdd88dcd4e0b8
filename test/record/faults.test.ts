import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Kysely, type Migration, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { migrate, migrations } from '../../src/record/database/migrate.ts';
import { openSessions } from '../../src/record/database/sessions.ts';
import { createRecordConnection } from '../../src/record/connection.ts';
import { createListeners } from '../../src/record/listeners.ts';
import type { RecordKeeper } from '../../src/record/create-record.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { lockDirectory } from '../../src/record/database/directory-lock.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { hasPostgres, runPostgres, type RunningPostgres } from '../support/postgres-server.ts';
import { keep } from './support/databases.ts';
import { assignmentText, censusOf, createChance, createWorld } from './support/world.ts';

const startMs = Date.UTC(2026, 2, 1);
const user = 'SUBJECT_TYPE_USER';
const holds = (...names: string[]) =>
  names.map((reference) => ({ reference, rawType: user, roles: [{ name: 'reader', scopes: [] }] }));
const everything = { from: 'start', count: 1000 } as const;

const open: RecordKeeper[] = [];
const kept = (url: string): RecordKeeper => {
  const record = keep({ kind: 'server', url });
  open.push(record);
  return record;
};
const heldAt = async (record: RecordKeeper, timeMs: number): Promise<Set<string>> => {
  const page = await record.assignmentsAt(timeMs, {}, everything);
  return new Set(page.items.map(({ subject, roleName, scope }) => assignmentText(subject, roleName, scope)));
};

describe.skipIf(!hasPostgres)('a record on a server', () => {
  let postgres: RunningPostgres;
  beforeAll(async () => {
    postgres = await runPostgres();
  }, 60_000);
  afterEach(async () => {
    for (const record of open.splice(0)) await record.close();
  });
  afterAll(() => postgres?.remove());

  it('is written by one of several, and by another when that one ends', async () => {
    const url = await postgres.createDatabase();
    const [one, other] = [kept(url), kept(url)];
    await Promise.all([one.ready(), other.ready()]);
    expect(await one.record(censusOf(startMs, holds('anna')))).toMatchObject({ outcome: 'begun' });
    expect(await other.record(censusOf(startMs + 1000, holds('berta')))).toEqual({ outcome: 'notWriter' });
    expect([one.state().isWriter, other.state().isWriter]).toEqual([true, false]);
    await one.close();
    // The lock is there when the server has ended the session, a moment after its client.
    await expect
      .poll(() => other.record(censusOf(startMs + 2000, holds('berta'))))
      .toMatchObject({ granted: 1, revoked: 1 });
    expect(other.state().isWriter).toBe(true);
    expect(await other.summary()).toEqual({ sinceMs: startMs, latestMs: startMs + 2000, revisionCount: 1 });
  });

  it('tells listeners of every replica, and afterwards what came while the database was lost', async () => {
    const url = await postgres.createDatabase();
    const [writer, reader] = [kept(url), kept(url)];
    await writer.record(censusOf(startMs, holds('anna')));
    const heard: string[] = [];
    reader.listen((changes) => heard.push(...changes.map(({ kind, subject }) => `${kind} ${subject.reference}`)));
    // It hears from when it has reached the database.
    await expect
      .poll(async () => (await postgres.query(`select from pg_stat_activity where query like 'listen %'`)).length)
      .toBe(1);
    await writer.record(censusOf(startMs + 1000, holds('anna', 'berta')));
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['GRANTED berta']);
    await postgres.query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %'`);
    await writer.record(censusOf(startMs + 2000, holds('berta')));
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['GRANTED berta', 'REVOKED anna']);
  });

  it('lets a database be that was lost while it looked for what is new, and hears from it afterwards', async () => {
    const url = await postgres.createDatabase();
    const writer = kept(url);
    await writer.record(censusOf(startMs, holds('anna')));
    const clock = createManualClock();
    const connection = createRecordConnection({
      location: { kind: 'server', url },
      isMade: false,
      clock,
      logger: silentLogger,
    });
    let uses = 0;
    const use: typeof connection.use = (work) => {
      // The first begins to hear, the second looks.
      if (++uses === 2) postgres.stop();
      return connection.use(work);
    };
    const listeners = createListeners({ connection: { ...connection, use }, clock, latestMs: () => startMs });
    const heard: string[] = [];
    try {
      listeners.add((changes) => heard.push(...changes.map(({ kind, subject }) => `${kind} ${subject.reference}`)));
      clock.advance(0);
      await expect.poll(() => uses, { timeout: 10_000 }).toBe(2);
      try {
        await expect.poll(() => clock.waiting).toBe(1);
        for (let at = 0; at < 20; at++)
          await expect(connection.use(({ record }) => record.summary())).rejects.toThrow();
        expect(uses).toBe(2);
      } finally {
        postgres.start();
      }
      const written = (): Promise<string> =>
        writer.record(censusOf(startMs + 1000, holds('berta'))).then(
          ({ outcome }) => outcome,
          () => 'failed',
        );
      await expect.poll(written, { timeout: 10_000 }).toBe('different');
      clock.advance(1000);
      await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['REVOKED anna', 'GRANTED berta']);
    } finally {
      listeners.close();
      await connection.close();
    }
  });

  it('says so while its database is gone, and goes on with the next census', async () => {
    const url = await postgres.createDatabase();
    const record = kept(url);
    await record.record(censusOf(startMs, holds('anna')));
    postgres.stop();
    try {
      await expect(record.summary()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      await expect(record.record(censusOf(startMs + 1000, holds('berta')))).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
      });
      expect(record.state().isReachable).toBe(false);
      // One that starts now comes up without it.
      const late = kept(url);
      await late.ready();
      expect(late.state().isReachable).toBe(false);
      record.offer(censusOf(startMs + 2000, holds('berta')));
      await expect.poll(() => record.state().failures).toBe(1);
    } finally {
      postgres.start();
    }
    await expect
      .poll(
        () =>
          record.record(censusOf(startMs + 3000, holds('carla'))).then(
            ({ outcome }) => outcome,
            () => 'failed',
          ),
        {
          timeout: 10_000,
        },
      )
      .toBe('different');
    expect(record.state()).toMatchObject({ isReachable: true, isWriter: true });
    expect(await record.summary()).toEqual({ sinceMs: startMs, latestMs: startMs + 3000, revisionCount: 1 });
  });

  it('loses no more than the census that is being written when the server breaks down', async () => {
    const url = await postgres.createDatabase();
    const record = kept(url);
    const many = holds(...Array.from({ length: 3000 }, (_, at) => `subject-${at}`));
    await record.record(censusOf(startMs, []));
    const whole = censusOf(startMs + 1000, many);
    let reads = 0;
    const subjects = new Proxy(whole.subjects, {
      get(target, name) {
        // Digests are made of all of them first, so this is when the second page is written.
        if (name === '1500' && ++reads === 2) {
          postgres.stop();
          postgres.start();
        }
        return Reflect.get(target, name) as unknown;
      },
    });
    await expect(record.record({ ...whole, subjects })).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect.poll(() => heldAt(record, startMs + 1000), { timeout: 10_000 }).toEqual(new Set());
    expect(await record.record(censusOf(startMs + 2000, many))).toMatchObject({ outcome: 'different', granted: 3000 });
    expect(await (await record.assignmentsAt(startMs + 2000, {}, everything)).total()).toBe(3000);
  });

  it('does not let a slow database hold up who offers a census', async () => {
    const url = await postgres.createDatabase();
    const record = kept(url);
    await record.record(censusOf(startMs, holds('anna')));
    const blocker = openSessions({ connectionString: url, max: 1 });
    try {
      await blocker.transaction().execute(async (transaction) => {
        await sql`lock table census`.execute(transaction);
        // All of them return at once; the last that waits is the one that is recorded next.
        for (let at = 1; at <= 5; at++) record.offer(censusOf(startMs + at * 1000, holds(`subject-${at}`)));
      });
      await expect.poll(() => record.state().lastRecordedMs).toBe(startMs + 5000);
      expect(await record.summary()).toMatchObject({ revisionCount: 2 });
    } finally {
      await blocker.destroy();
    }
  });

  it('records nothing on a full disk, answers all the same, and goes on when there is room', async () => {
    const url = await postgres.createDatabase();
    const record = kept(url);
    await record.record(censusOf(startMs, holds('anna')));
    const db = openSessions({ connectionString: url, max: 1 });
    try {
      await sql`
        create function refuse() returns trigger language plpgsql as
        'begin raise exception ''no room'' using errcode = ''disk_full''; end'
      `.execute(db);
      await sql`create trigger full_disk before insert on census execute function refuse()`.execute(db);
      await expect(record.record(censusOf(startMs + 1000, holds('berta')))).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
      });
      expect(record.state().isReachable).toBe(false);
      expect(await heldAt(record, startMs + 1000)).toEqual(await heldAt(record, startMs));
      await sql`drop trigger full_disk on census`.execute(db);
      expect(await record.record(censusOf(startMs + 2000, holds('berta')))).toMatchObject({ granted: 1, revoked: 1 });
      expect(record.state().isReachable).toBe(true);
    } finally {
      await db.destroy();
    }
  });

  it('leaves everything as it was where a migration fails half-way, and where a later version was there', async () => {
    const url = await postgres.createDatabase();
    const record = kept(url);
    await record.record(censusOf(startMs, holds('anna')));
    const db = openSessions({ connectionString: url, max: 1 });
    try {
      const torn: Migration = {
        async up(database: Kysely<unknown>) {
          await database.schema.dropTable('assignment').execute();
          throw new Error('torn');
        },
      };
      await expect(migrate(db, { ...migrations, '0003-torn': torn })).rejects.toThrow('torn');
      expect((await heldAt(record, startMs)).size).toBe(1);
      await migrate(db, { ...migrations, '0003-later': { up: () => Promise.resolve() } });
      await expect(kept(url).ready()).rejects.toThrow('was written by a later version');
    } finally {
      await db.destroy();
    }
  });

  it('counts what was recorded before there were counts, and as the recording would have', async () => {
    const url = await postgres.createDatabase();
    const world = createWorld(5, 40);
    const first = kept(url);
    for (let round = 0; round < 3; round++) {
      world.change(40);
      await first.record(world.census(startMs + round * 1000));
    }
    await first.close();
    const db = openSessions({ connectionString: url, max: 1 });
    const counts = async () => [
      (await db.selectFrom('tally').selectAll().orderBy('role_id').orderBy('scope_id').execute()) as unknown,
      (await db.selectFrom('type_tally').selectAll().orderBy('raw_type').execute()) as unknown,
    ];
    try {
      const recorded = await counts();
      expect(JSON.stringify(recorded).length).toBeGreaterThan(1000);
      await sql`drop table tally, type_tally`.execute(db);
      await sql`delete from record_migration where name = '0002-tally'`.execute(db);
      const next = kept(url);
      await next.ready();
      expect(await counts()).toEqual(recorded);
      expect(await next.record(censusOf(startMs + 5000, []))).toMatchObject({ granted: 0 });
      expect(await counts()).toEqual([[], []]);
    } finally {
      await db.destroy();
    }
  });

  it('is let go of by one while another records, and neither is in the way', async () => {
    const url = await postgres.createDatabase();
    const [writer, other] = [kept(url), kept(url)];
    await writer.record(censusOf(startMs, []));
    // Who came, went and comes again is let go of and referred to at the same time.
    for (let round = 1; round <= 12; round++) {
      const census = censusOf(startMs + round * 1000, round % 2 === 0 ? [] : holds('anna', 'berta', 'carla'));
      const [written] = await Promise.all([
        writer.record(census),
        ...Array.from({ length: 3 }, () => other.prune(startMs + 100_000)),
      ]);
      expect(written.outcome).toBe('different');
      expect((await heldAt(other, startMs + round * 1000)).size).toBe(round % 2 === 0 ? 0 : 3);
    }
    await other.prune(startMs + 100_000);
    expect(await other.status()).toMatchObject({ censuses: 1, assignments: 0, subjects: 0 });
  });

  it('is made once where many start together', async () => {
    const url = await postgres.createDatabase();
    const records = Array.from({ length: 4 }, () => kept(url));
    await Promise.all(records.map((record) => record.ready()));
    const outcomes = await Promise.all(
      records.map((record, at) => record.record(censusOf(startMs + at, holds('anna')))),
    );
    expect(outcomes.filter(({ outcome }) => outcome !== 'notWriter')).toHaveLength(1);
  });

  it('refuses a database that cannot hold every text', async () => {
    await postgres.query(`create database plain encoding 'SQL_ASCII' template template0`);
    const url = (await postgres.createDatabase()).replace(/[^/]+$/, 'plain');
    await expect(kept(url).ready()).rejects.toThrow('encoding is UTF8');
  });

  it('equals the model, however often the writer is killed in the middle', async () => {
    const url = await postgres.createDatabase();
    const { below } = createChance(3);
    const world = createWorld(3, 60);
    let recorded = 0;
    let timeMs = startMs;
    for (let round = 0; round < 20; round++) {
      const writer = spawnWriter(url);
      try {
        await writer.line(/ready/);
        // Several are under way when it is killed; all that it has acknowledged must be there.
        const offered: { readonly timeMs: number; readonly held: Set<string> }[] = [];
        for (let at = 0; at < 4; at++) {
          world.change(25);
          timeMs += 1000;
          offered.push({ timeMs, held: world.assignments() });
          // Every other writer walks, page by page.
          writer.send(world.census(timeMs), { isWalk: round % 2 === 1 });
        }
        await writer.line(new RegExp(`done ${offered[below(2)]?.timeMs}`));
        await new Promise((resolve) => setTimeout(resolve, below(12)));
        await writer.kill();
        const acknowledged = Math.max(...writer.acknowledged());
        const record = keep({ kind: 'server', url });
        const summary = await record.summary();
        expect(summary?.latestMs).toBeGreaterThanOrEqual(acknowledged);
        for (const { timeMs: at, held } of offered) {
          if (at > (summary?.latestMs ?? 0)) break;
          expect(await heldAt(record, at)).toEqual(held);
          recorded++;
        }
        // Another goes on.
        world.change(5);
        timeMs += 1000;
        await expect
          .poll(async () => (await record.record(world.census(timeMs))).outcome, { timeout: 10_000 })
          .not.toBe('notWriter');
        expect(await heldAt(record, timeMs)).toEqual(world.assignments());
        await record.close();
      } finally {
        await writer.kill();
      }
    }
    expect(recorded).toBeGreaterThan(19);
  }, 120_000);
});

describe('a directory of a record', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-record-lock-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has all that was acknowledged after its process was killed, and lets the next one in', async () => {
    const path = join(folder, 'killed');
    const world = createWorld(9, 40);
    let timeMs = startMs;
    for (let round = 0; round < 3; round++) {
      const writer = spawnWriter(`file:${path}`);
      const held = new Map<number, Set<string>>();
      try {
        await writer.line(/ready/);
        for (let at = 0; at < 4; at++) {
          world.change(30);
          timeMs += 1000;
          held.set(timeMs, world.assignments());
          writer.send(world.census(timeMs));
        }
        await writer.line(new RegExp(`done ${timeMs - 2000}`));
      } finally {
        await writer.kill();
      }
      const record = keep({ kind: 'directory', path });
      try {
        const latestMs = (await record.summary())?.latestMs ?? 0;
        expect(latestMs).toBeGreaterThanOrEqual(Math.max(...writer.acknowledged()));
        for (const [at, texts] of held) if (at <= latestMs) expect(await heldAt(record, at)).toEqual(texts);
      } finally {
        await record.close();
      }
    }
  }, 120_000);

  it('is had by one process at a time', async () => {
    const unlock = lockDirectory(join(folder, 'shared'), systemClock);
    expect(() => lockDirectory(join(folder, 'shared'), systemClock)).toThrow('another process');
    const second = keep({ kind: 'directory', path: join(folder, 'shared') });
    await second.ready();
    expect(second.state().isReachable).toBe(false);
    await expect(second.summary()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await second.close();
    unlock();
    lockDirectory(join(folder, 'shared'), systemClock)();
  });
});

const script = fileURLToPath(new URL('support/writer.ts', import.meta.url));

interface Writer {
  line(pattern: RegExp): Promise<void>;
  send(census: ReturnType<typeof censusOf>, how?: { readonly isWalk: boolean }): void;
  acknowledged(): readonly number[];
  kill(): Promise<void>;
}

/** A process that records what it is given, and says what it has recorded. */
const spawnWriter = (place: string): Writer => {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child: ChildProcess = spawn(process.execPath, ['--import', loader, script, place], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdin?.on('error', () => {});
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      for (const watch of watchers) watch();
    });
  }
  return {
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          if (!lines.some((line) => pattern.test(line))) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        void closed.then(() => reject(new Error('the writer has ended')));
        watch();
      }),
    send({ asOfMs, subjects }, { isWalk } = { isWalk: false }) {
      const content = subjects.map(({ reference, rawType, roles }) => ({
        reference,
        rawType,
        roles: roles.map(({ name, scopes }) => ({ name, scopes })),
      }));
      child.stdin?.write(`${JSON.stringify({ asOfMs, content, isWalk })}\n`);
    },
    acknowledged: () =>
      lines.flatMap((line) => {
        const [, done] = /^done (\d+)/.exec(line) ?? [];
        return done === undefined ? [] : [Number(done)];
      }),
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
};
