import { afterEach, expect, it } from 'vitest';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import { alice, at, change, createWriteHarness, heldIn, type WriteHarness } from './world.ts';

let harness: WriteHarness;
afterEach(() => harness.close());

const names = Array.from({ length: 100 }, (_, index) => `place-${String(index).padStart(3, '0')}`);
const world = parseWorld({
  subjects: [
    { subjectReference: alice, subjectType: 'SUBJECT_TYPE_USER', roles: [] },
    {
      subjectReference: 'keeper',
      subjectType: 'SUBJECT_TYPE_SERVICE',
      roles: [{ roleName: 'auditor', scopes: names.map((customerUuid) => ({ customerUuid })) }],
    },
  ],
});
/** Not in the order of the names, so that the order of the results is the one given and no other. */
const given = names.toSorted((a, b) => (a.slice(-1) + a).localeCompare(b.slice(-1) + b));
const changes = given.map((name) => change('auditor', at(name)));
const open = async (timeoutMs?: number): Promise<void> => {
  harness = await createWriteHarness(
    {},
    {
      sandbox: { world, rateLimit: 10 },
      gateway: { rateLimit: 10, ...(timeoutMs !== undefined && { timeoutMs }) },
    },
  );
};

it('a hundred changes are made in their order under ten calls a second, without a 429', async () => {
  await open();
  // What is loaded when it is first needed is there then: the clock would be turned meanwhile. All slots are free again afterwards.
  await harness.change('assign', changes.slice(0, 1), { dryRun: true });
  harness.clock.advance(10_000);
  harness.sandbox.clearTranscript();
  const startMs = harness.clock.nowMs();
  const { data, errors, extensions } = await harness.change('assign', changes, { leavesOutSubject: true });
  expect(errors).toBeUndefined();
  const results = data?.change.results ?? [];
  expect(results.map(({ added }) => heldIn(added)['auditor'])).toEqual(given.map((name) => [name]));
  expect(results.every(({ status, problem }) => status === 'CHANGED' && problem === null)).toBe(true);

  const seen = harness.sandbox.transcript();
  expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([200]));
  expect(seen.map(({ path }) => path.split(':')[1] ?? 'read')).toEqual(
    given.flatMap(() => ['read', 'assignRole', 'read']),
  );
  const written = seen.flatMap(({ body }) =>
    body === undefined ? [] : [(body as { role: { scopes: { customerUuid: string }[] } }).role.scopes[0]?.customerUuid],
  );
  expect(written).toEqual(given);
  // What a client can show of it: three calls a change, and that most of the time was spent on waiting for slots.
  expect(extensions?.upstream?.calls).toBe(300);
  const tookMs = harness.clock.nowMs() - startMs;
  expect(tookMs).toBeGreaterThan(29_000);
  expect(tookMs).toBeLessThan(35_000);
  expect(extensions?.upstream?.waitedMs).toBeGreaterThan(tookMs * 0.9);
  expect(await harness.held()).toEqual({ auditor: names });
});

it('changes that there is no time for are not begun, and say so; those before are made', async () => {
  await open(20_000);
  const { data } = await harness.change('assign', changes, { leavesOutSubject: true });
  const results = data?.change.results ?? [];
  expect(results).toHaveLength(100);
  const made = results.findIndex(({ status }) => status !== 'CHANGED');
  expect(made).toBeGreaterThan(20);
  for (const { status, problem } of results.slice(made + 1)) {
    expect([status, problem?.code]).toEqual(['FAILED', 'UPSTREAM_TIMEOUT']);
  }
  // The one under way when the time was over is settled: it is as it says.
  const isMade = results[made]?.status === 'CHANGED';
  expect(results[made]?.status).not.toBe('UNKNOWN');
  expect(await harness.held()).toEqual({ auditor: given.slice(0, made + (isMade ? 1 : 0)).toSorted() });
  // What was not begun was not attempted.
  expect(harness.lines.filter(({ message }) => message === 'change').length).toBeLessThanOrEqual(made + 1);
});
