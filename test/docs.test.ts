import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../src/index.ts';
import { runToEnd } from './support/processes.ts';
import { blocksOf } from './support/readme.ts';

const page = 'docs/try-with-an-account.md';
const [settings = '', ...commands] = blocksOf(page)
  .filter(({ language }) => language === 'bash')
  .map(({ text }) => text);

describe('what to try with an account', () => {
  let sandbox: Sandbox;
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-try-'));
  beforeAll(async () => {
    sandbox = await createSandbox({ rateLimit: false });
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const run = (script: string) =>
    runToEnd('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        IDENTITY: sandbox.urls.identity,
        USERS: sandbox.urls.users,
        DEVICES: sandbox.urls.devices,
        POLICIES: sandbox.urls.policies,
        TOKEN: sandbox.adminToken,
      },
    });

  it('runs as written over the sandbox', async () => {
    const { code, output } = await run(commands.join('\n'));
    expect(code, output).toBe(0);
    expect(output).toMatch(/^ *2000 subjects\.txt$/m);
    // Most users who hold roles are in the directory, as the page has it counted.
    const [users, devices] = [...output.matchAll(/^(\d+)$/gm)].map(([, count]) => Number(count));
    expect(users).toBeGreaterThan(500);
    expect(devices).toBeGreaterThan(200);
    // The batches with an unknown uuid.
    expect(output.match(/^HTTP\/1\.1 404 /gm)).toHaveLength(2);
    expect(output).not.toContain(sandbox.adminToken);
  }, 120_000);

  it('sets up nothing but addresses of ESET Connect and a token from the command', () => {
    const names = [...settings.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(names).toEqual(['REGION', 'API_USER', 'IDENTITY', 'USERS', 'DEVICES', 'POLICIES', 'TOKEN']);
    const addresses = [...settings.matchAll(/https:\/\/\S+/g)].map(([address]) => address);
    for (const address of addresses)
      expect(address).toMatch(/^https:\/\/\$REGION\.[a-z-]+(\.[a-z-]+)?\.eset\.systems$/);
    expect(settings).toContain('npx rolescope token --region "$REGION" --username "$API_USER"');
  });

  it('hands no credential over as an argument', () => {
    const text = readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');
    expect(text).not.toMatch(/(-H|--header|--user|-u) ?"?[^\n]*\$TOKEN/);
  });
});
