import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReviewedSubject } from '../../src/review/ndjson.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ended, startCommand } from './command-process.ts';

describe('rolescope diff', () => {
  let sandbox: Sandbox;
  let folder: string;
  /** An export of the account as it is. */
  let now: string;
  /** What it was before: somebody held one thing more, somebody else one thing less. */
  let before: string;
  let revoked: ReviewedSubject;
  let granted: ReviewedSubject;

  const run = (args: readonly string[], more: Record<string, string> = {}) =>
    ended(startCommand(['diff', ...args], more));
  const account = (): Record<string, string> => ({
    ROLESCOPE_UPSTREAM_URL: sandbox.url,
    ROLESCOPE_TOKEN: sandbox.adminToken,
    ROLESCOPE_RATE_LIMIT: '1000',
  });
  const inFolder = (name: string, content: string | Buffer): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rolescope-diff-'));
    sandbox = await createSandbox({ subjects: 1500, rateLimit: false, fairUse: false });
    now = join(folder, 'now.ndjson');
    const { code } = await ended(
      startCommand(['export', '--format', 'ndjson', '--output', now, '--quiet', '--no-names'], account()),
    );
    expect(code).toBe(0);
    const subjects = readFileSync(now, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ReviewedSubject);
    revoked = subjects[10] as ReviewedSubject;
    granted = subjects[1200] as ReviewedSubject;
    before = inFolder(
      'before.ndjson',
      subjects
        .map((subject) => ({
          ...subject,
          asOf: '2026-01-01T00:00:00.000Z',
          roles: [
            ...subject.roles.filter(({ name }) => subject !== granted || name !== granted.roles[0]?.name),
            ...(subject === revoked ? [{ name: 'former auditor', isGlobal: true, scopes: [] }] : []),
          ],
        }))
        .map((subject) => `${JSON.stringify(subject)}\n`)
        .join(''),
    );
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  /** What `granted` has that it had not. */
  const grants = () => {
    const name = granted.roles[0]?.name;
    return granted.roles
      .filter((role) => role.name === name)
      .flatMap(({ scopes }) => (scopes.length === 0 ? [null] : scopes.map(({ uuid }) => uuid)))
      .map((uuid) => ({ name, uuid }));
  };

  it('tells people by subject, and ends with 1', async () => {
    const { code, stdout, stderr } = await run([before, now]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain(
      `${revoked.reference} (${revoked.type} ${revoked.reference})\n  - former auditor everywhere\n`,
    );
    expect(stdout).toContain(`  + ${granted.roles[0]?.name} `);
    expect(stdout).toMatch(
      new RegExp(`\\n${grants().length} granted, 1 revoked, from 2026-01-01T00:00:00.000Z to \\d{4}-.*Z\\.\\n$`),
    );
    // stdout is no terminal here.
    expect(stdout).not.toContain('\u001b');
  });

  it('tells programs as json, also of what is gzipped', async () => {
    const oldFile = inFolder('before.ndjson.gz', gzipSync(readFileSync(before)));
    const newFile = inFolder('now.gz', gzipSync(readFileSync(now)));
    const { code, stdout } = await run([oldFile, newFile, '--format', 'json']);
    expect(code).toBe(1);
    const found = JSON.parse(stdout) as {
      old: unknown;
      granted: number;
      revoked: number;
      changes: { kind: string; subject: { reference: string }; roleName: string; scope: { uuid: string } | null }[];
    };
    expect(found).toMatchObject({ old: { asOf: '2026-01-01T00:00:00.000Z' }, granted: grants().length, revoked: 1 });
    expect(found.changes.filter(({ kind }) => kind === 'REVOKED')).toMatchObject([
      { subject: { reference: revoked.reference }, roleName: 'former auditor', scope: null },
    ]);
    const told = found.changes.filter(({ kind }) => kind === 'GRANTED');
    expect(told.every(({ subject }) => subject.reference === granted.reference)).toBe(true);
    expect(told.map(({ roleName, scope }) => ({ name: roleName, uuid: scope?.uuid ?? null }))).toEqual(
      expect.arrayContaining(grants()),
    );
  });

  it('tells spreadsheets as csv', async () => {
    const { code, stdout } = await run([before, now, '--format', 'csv']);
    expect(code).toBe(1);
    const rows: Record<string, string>[] = parse(stdout, { columns: true, record_delimiter: '\r\n' });
    expect(rows).toHaveLength(grants().length + 1);
    expect(rows.find(({ change }) => change === 'REVOKED')).toEqual({
      change: 'REVOKED',
      subject_type: revoked.type,
      subject_reference: revoked.reference,
      subject_name: '',
      role: 'former auditor',
      everywhere: 'true',
      scope_kind: '',
      scope_uuid: '',
      scope_name: '',
    });
  });

  it('ends with 0 where there is no difference', async () => {
    const { code, stdout } = await run([now, now]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^No difference from .*Z to .*Z\.\n$/);
  });

  it('compares with the account as it is', async () => {
    const changed = await run([before, '--format', 'json', '--quiet', '--no-names'], account());
    expect({ code: changed.code, stderr: changed.stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(changed.stdout)).toMatchObject({ granted: grants().length, revoked: 1 });
    const same = await run([now, '--quiet', '--no-names'], account());
    expect(same.code).toBe(0);
    expect(same.stdout).toMatch(/^No difference/);
  });

  it('compares a part of the account where filters say which', async () => {
    const type = revoked.type;
    const part = inFolder(
      'part.ndjson',
      readFileSync(before, 'utf8')
        .trimEnd()
        .split('\n')
        .filter((line) => (JSON.parse(line) as ReviewedSubject).type === type)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const { code, stdout } = await run([part, '--type', type, '--format', 'json', '--quiet', '--no-names'], account());
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ granted: granted.type === type ? grants().length : 0, revoked: 1 });
  });

  it.each([
    [
      'a file that was cut off',
      () => [inFolder('cut', readFileSync(now).subarray(0, 70_000)), now],
      {},
      /it was cut off after line/,
    ],
    ['an unknown format', () => [before, now, '--format', 'ndjson'], {}, /--format of diff must be text, json or csv/],
    ['three files', () => [now, now, now], {}, /unexpected argument/],
    ['an account that cannot be had', () => [now, '--quiet'], { ROLESCOPE_TOKEN: 'nobody' }, /UNAUTHENTICATED/],
  ] as [string, () => string[], Record<string, string>, RegExp][])(
    'ends with 2 and one line for %s',
    async (_what, args, more, message) => {
      const { code, stdout, stderr } = await run(args(), { ...account(), ...more });
      expect(stderr).toMatch(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    },
  );
});
