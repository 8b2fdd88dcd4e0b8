import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { alice, at, change, createWriteHarness, type Grants, type WriteHarness } from './world.ts';

let folder: string;
let auditFile: string;
let harness: WriteHarness;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolescope-audit-'));
  auditFile = join(folder, 'audit.ndjson');
});
afterEach(async () => {
  await harness.close();
  await rm(folder, { recursive: true });
});

const open = async (grants: Grants): Promise<void> => {
  // A clock that is turned by hand does not know of the disk, and would run out meanwhile.
  harness = await createWriteHarness(grants, { gateway: { auditFile, clock: systemClock } });
};
const linesOf = async (path: string): Promise<Record<string, unknown>[]> => {
  const text = await readFile(path, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

it('the audit file has a line for each attempted change when the answer is there, the same as the log', async () => {
  await open({ auditor: ['one'] });
  await harness.change('assign', [
    change('auditor', at('two')),
    change('auditor', at('one')),
    change('no such role', { everywhere: true }),
  ]);
  await harness.ask('mutation { deleteRole(input: { name: "viewer", confirmHolders: 1 }) { deletedName } }');
  const lines = await linesOf(auditFile);
  expect(lines).toMatchObject([
    { kind: 'assign', status: 'CHANGED', role: 'auditor', scopes: [{ customerUuid: 'two' }] },
    { kind: 'assign', status: 'UNCHANGED', role: 'auditor', scopes: [{ customerUuid: 'one' }] },
    { kind: 'assign', status: 'FAILED', role: 'no such role', scopes: 'everywhere', code: 'BAD_USER_INPUT' },
    { kind: 'deleteRole', status: 'CHANGED', role: 'viewer', holders: 1 },
  ]);
  expect(lines[0]).toMatchObject({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    operationId: expect.any(String) as string,
    subject: { reference: alice, type: 'SUBJECT_TYPE_USER' },
    upstreamRequestId: expect.any(String) as string,
    durationMs: expect.any(Number) as number,
  });
  expect(lines[1]).not.toHaveProperty('upstreamRequestId');
  const logged = harness.lines.filter(({ message }) => message === 'change');
  expect(lines.map(({ at: _at, ...line }) => line)).toEqual(logged.map(({ message: _message, ...line }) => line));
});

it('the audit file can be read by its owner alone, and holds no credential', async () => {
  await open({});
  await harness.change('assign', [change('auditor', at('one'))]);
  expect((await stat(auditFile)).mode & 0o777).toBe(0o600);
  expect(await readFile(auditFile, 'utf8')).not.toContain(harness.sandbox.adminToken);
});

it('the audit file has no line for a dry run, and none for what was refused before anything was written', async () => {
  await open({ auditor: ['one'] });
  await harness.change('revoke', [change('auditor', at('one'))], { dryRun: true });
  await harness.change('revoke', [change('auditor', { scopes: [] })]);
  await harness.ask('mutation { deleteRole(input: { name: "viewer", confirmHolders: 7 }) { deletedName } }');
  expect(await linesOf(auditFile).catch(() => [])).toEqual([]);
});

it('the audit file is made anew where it was moved away', async () => {
  await open({});
  await harness.change('assign', [change('auditor', at('one'))]);
  await rename(auditFile, `${auditFile}.1`);
  await harness.change('revoke', [change('auditor', at('one'))]);
  expect(await linesOf(`${auditFile}.1`)).toMatchObject([{ kind: 'assign' }]);
  expect(await linesOf(auditFile)).toMatchObject([{ kind: 'revoke' }]);
});

it('no more changes are begun once one could not be written to the audit file', async () => {
  await open({});
  // The file is there when the mutation begins, and its folder is gone when the first change has been made.
  harness.sandbox.control.setFaults([{ path: '/v2/role-assignments', skip: 1, count: 1, delayMs: 100 }]);
  const answer = harness.change('assign', [change('auditor', at('one')), change('auditor', at('two'))]);
  while (harness.sandbox.transcript().length < 3) await new Promise((resolve) => setImmediate(resolve));
  await rename(folder, `${folder}.gone`);
  const { data, errors } = await answer;
  await rename(`${folder}.gone`, folder);
  expect(errors).toBeUndefined();
  expect(data?.change.results).toMatchObject([
    { status: 'CHANGED', problem: null },
    { status: 'FAILED', problem: { code: 'INTERNAL' } },
  ]);
  expect(harness.lines.map(({ message }) => message)).toContain(
    'a change was made and cannot be written to the audit file',
  );
  expect(await harness.held()).toEqual({ auditor: ['one'] });
});
