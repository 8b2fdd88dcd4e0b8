import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constantFrom, array, integer, record, sample } from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ended, startCommand } from './command-process.ts';

describe('rolescope export', () => {
  let sandbox: Sandbox;
  let folder: string;
  let whole: string;
  const env = (): Record<string, string | undefined> => ({
    ROLESCOPE_UPSTREAM_URL: sandbox.url,
    ROLESCOPE_TOKEN: sandbox.adminToken,
    ROLESCOPE_RATE_LIMIT: '1000',
    ROLESCOPE_AS_OF: 'false',
    ROLESCOPE_NAMES: 'false',
  });
  const start = (args: readonly string[], more: Record<string, string> = {}) =>
    startCommand(['export', ...args], { ...env(), ...more });
  const run = (args: readonly string[], more?: Record<string, string>) => ended(start(args, more));
  /** Resolves as soon as upstream has been asked for so many pages. */
  const asked = async (pages: number): Promise<void> => {
    while (sandbox.transcript().length < pages) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  beforeAll(async () => {
    sandbox = await createSandbox({ subjects: 6500, rateLimit: false, fairUse: false });
    whole = (await run(['--quiet'])).stdout;
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rolescope-export-'));
    sandbox.clearTranscript();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes rows to stdout and nothing else, and the same to a file', async () => {
    expect(whole.split('\r\n').length).toBeGreaterThan(6500);
    const file = join(folder, 'all.csv');
    const { code, stdout, stderr } = await run(['--output', file, '--quiet']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(whole);
    expect([existsSync(`${file}.part`), existsSync(`${file}.part.json`)]).toEqual([false, false]);
    // Who had access is nobody else's to read.
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['SIGINT', 1, 130],
    ['SIGTERM', 3, 143],
    ['SIGKILL', 2, null],
  ] as const)(
    'leaves what it has at %s after %i pages, and goes on to the same bytes',
    async (signal, pages, status) => {
      const file = join(folder, 'all.csv');
      // Slow enough to be met on the way.
      const child = start(['--output', file, '--quiet'], { ROLESCOPE_RATE_LIMIT: '3' });
      const end = ended(child);
      await asked(pages);
      child.kill(signal);
      const first = await end;
      expect(first.code).toBe(status);
      if (status !== null) {
        expect(first.stderr).toMatch(
          /^rolescope: the export was interrupted\. What there is stands in .*all\.csv\.part\. Go on .* --resume\.\n$/,
        );
      }
      expect(existsSync(file)).toBe(false);
      expect(existsSync(`${file}.part`)).toBe(true);
      sandbox.clearTranscript();
      const second = await run(['--output', file, '--quiet', '--resume']);
      expect({ code: second.code, stderr: second.stderr }).toEqual({ code: 0, stderr: '' });
      expect(readFileSync(file, 'utf8')).toBe(whole);
      // Seven pages, and one more for what the page before says of repetitions.
      expect(sandbox.transcript().length).toBeLessThanOrEqual(8);
    },
  );

  it.each([
    ['has failed', { status: 500 }, 'UPSTREAM_ERROR'],
    ['is dead', { form: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
  ] as const)('says where upstream %s, and goes on when it is back', async (_what, fault, code) => {
    const file = join(folder, 'all.csv');
    sandbox.control.setFaults([{ ...fault, skip: 3 }]);
    const first = await run(['--output', file, '--quiet']);
    sandbox.control.setFaults([]);
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(
      new RegExp(String.raw`^rolescope: ${code}: .* Go on with the same command and --resume\.\n$`),
    );
    expect((await run(['--output', file, '--quiet', '--resume'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(whole);
  });

  const interruption = record({
    how: constantFrom('SIGINT', 'SIGTERM', 'SIGKILL', 'failed', 'dead'),
    /** Counted from where the run begins or goes on. */
    afterPages: integer({ min: 1, max: 4 }),
  });
  const seed = Number(process.env['ROLESCOPE_TEST_SEED'] ?? 20);
  const chains = sample(array(interruption, { minLength: 2, maxLength: 4 }), { seed, numRuns: 2 });
  it.each(
    chains.map((chain) => ({ chain, told: chain.map(({ how, afterPages }) => `${how} ${afterPages}`).join(', ') })),
  )(`gives the bytes of an export in one go after any interruptions (seed ${seed}): $told`, async ({ chain }) => {
    const file = join(folder, 'all.csv');
    const goOn = () => (existsSync(`${file}.part.json`) ? ['--resume'] : []);
    for (const { how, afterPages } of chain) {
      sandbox.clearTranscript();
      if (how === 'failed') sandbox.control.setFaults([{ status: 500, skip: afterPages }]);
      if (how === 'dead') sandbox.control.setFaults([{ form: 'reset', skip: afterPages }]);
      const child = start(['--output', file, '--quiet', ...goOn()], { ROLESCOPE_RATE_LIMIT: '10' });
      const end = ended(child);
      if (how !== 'failed' && how !== 'dead') {
        await Promise.race([asked(afterPages), end]);
        child.kill(how);
      }
      const { code } = await end;
      sandbox.control.setFaults([]);
      // It may have come to its end before it was interrupted.
      expect(existsSync(file)).toBe(code === 0);
      if (code === 0) break;
    }
    if (!existsSync(file)) expect((await run(['--output', file, '--quiet', ...goOn()])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(whole);
  });

  it('keeps the part where the disk is full, and says so', async () => {
    const file = join(folder, 'all.csv');
    symlinkSync('/dev/full', `${file}.part`);
    const { code, stderr } = await run(['--output', file, '--quiet']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /all\.csv\.part cannot be written: there is no space left on the disk \(ENOSPC\)\. .*--resume\.\n$/,
    );
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, true]);
  });

  it('does not go on with another export', async () => {
    const file = join(folder, 'all.csv');
    expect((await run(['--output', file, '--resume'])).stderr).toMatch(/there is nothing to go on with/);
    sandbox.control.setFaults([{ status: 403, skip: 2 }]);
    await run(['--output', file, '--quiet']);
    sandbox.control.setFaults([]);
    expect((await run(['--output', file, '--resume', '--type', 'user'])).stderr).toMatch(/was begun with other flags/);
    writeFileSync(`${file}.part`, '');
    expect((await run(['--output', file, '--resume'])).stderr).toMatch(/does not fit/);
  });

  it.each([
    [['--resume'], {}, /--resume needs --output/],
    [['--format', 'json'], {}, /--format of export must be csv or ndjson/],
    [['--format', 'ndjson', '--effective'], {}, /--effective adds rows for members to csv alone/],
    [['--type', 'robot'], {}, /"robot" is no type of subject/],
    [['--scope', 'customer'], {}, /"customer" names no scope: write a kind and a uuid/],
    [['--include-global'], {}, /means something beside a scope only/],
    [[], { ROLESCOPE_TOKEN: '' }, /no credential: set ROLESCOPE_TOKEN/],
    [[], { ROLESCOPE_UPSTREAM_URL: '' }, /nothing to serve|ROLESCOPE_REGION/],
  ] as [string[], Record<string, string>, RegExp][])('refuses %j with %j in one line', async (args, more, message) => {
    const { code, stdout, stderr } = await run(args, more);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('logs in as the API user in service mode', async () => {
    const [user] = sandbox.users;
    const { code, stdout } = await run(['--quiet'], {
      ROLESCOPE_TOKEN: '',
      ROLESCOPE_AUTH: 'service',
      ROLESCOPE_TOKEN_URL: sandbox.tokenUrl,
      ROLESCOPE_USERNAME: user?.name ?? '',
      ROLESCOPE_PASSWORD: user?.password ?? '',
    });
    expect(code).toBe(0);
    expect(stdout).toBe(whole);
  });

  it('exports a sandbox of its own', async () => {
    const { code, stdout } = await run(['--sandbox', '--sandbox-subjects', '20', '--quiet'], {
      ROLESCOPE_UPSTREAM_URL: '',
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^subject_type,/);
  });
});
