import { afterEach, describe, expect, it } from 'vitest';
import type { RoleChange } from '../../src/model/role-change.ts';
import { createScope } from '../../src/model/subject.ts';
import { assignRole } from '../../src/upstream/endpoints/role-assignments.ts';
import { createHarness, refusalOf, type Harness } from './harness.ts';

let harness: Harness;
afterEach(() => harness.close());

const change = (assetGroupUuid: string): RoleChange => ({
  subjectReference: 'alice',
  rawSubjectType: 'SUBJECT_TYPE_USER',
  roleName: 'auditor',
  place: [createScope([{ kind: 'ASSET_GROUP', field: 'assetGroupUuid', uuid: assetGroupUuid }])],
});

const path = '/v2/role-assignments:assignRole';
const here = change('here');
const there = change('there');
const assign = (input = here, timeoutMs = 150_000) =>
  harness.clock.run(harness.upstream.call(assignRole, input, harness.operation({ timeoutMs })));
/** What upstream saw: status, and whether it was a poll. */
const seen = () => harness.seen().map((line) => line.replace(/^POST \S+ /, ''));
/** Answers that upstream would give, of writes that it knows nothing of. */
const done = { path, status: 200, body: '{}' };

describe('a write', () => {
  it('that is pending at the deadline is unknown, and the next identical one asks after it', async () => {
    harness = await createHarness({ faults: [{ path, takesMs: 60_000, count: 1 }] });
    const refusal = await refusalOf(assign(here, 40_000));
    expect(refusal).toMatchObject({ code: 'UPSTREAM_PENDING', outcome: 'unknown' });
    harness.sandbox.clearTranscript();
    // Another body is another write.
    harness.sandbox.control.setFaults([{ ...done, poll: false }]);
    await assign(there);
    expect(seen()).toEqual(['200']);
    harness.sandbox.control.setFaults([{ ...done, poll: true }]);
    await assign(here);
    expect(seen()).toEqual(['200', '200 +id']);
  });

  it('that got 202 without an id is unknown, and is not sent again', async () => {
    harness = await createHarness({ faults: [{ path, status: 202, form: 'empty' }] });
    expect(await refusalOf(assign())).toMatchObject({ code: 'UPSTREAM_ERROR', outcome: 'unknown' });
    expect(seen()).toEqual(['202']);
  });

  it.each([
    { name: 'a reset', fault: { form: 'reset' }, seenPoll: 'none' },
    { name: 'a 429', fault: { status: 429 }, seenPoll: '429' },
  ] as const)('is asked after again where $name met the poll', async ({ fault, seenPoll }) => {
    const faults = [
      { path, takesMs: 31_000, poll: false },
      { path, poll: true, count: 1, ...fault },
      { ...done, poll: true },
    ];
    harness = await createHarness({ faults });
    await assign();
    expect(seen()).toEqual(['202', `${seenPoll} +id`, '200 +id']);
  });

  it.each([500, 502, 503, 504])('is unknown where a poll got %s, and is not sent again', async (status) => {
    harness = await createHarness({
      faults: [
        { path, takesMs: 60_000, poll: false },
        { path, poll: true, status },
      ],
    });
    expect((await refusalOf(assign())).outcome).toBe('unknown');
    expect(seen()).toEqual(['202', `${status} +id`]);
  });

  it.each([400, 403])('is refused where a poll got %s', async (status) => {
    harness = await createHarness({
      faults: [
        { path, takesMs: 60_000, poll: false },
        { path, poll: true, status },
      ],
    });
    expect((await refusalOf(assign())).outcome).toBe('refused');
  });

  it('that never left says so: no slot, no budget, no connection, an open breaker, no address, no token', async () => {
    harness = await createHarness();
    const outcome = async (operation = harness.operation()) =>
      (await refusalOf(harness.clock.run(harness.upstream.call(assignRole, here, operation)))).outcome;
    expect(await outcome(harness.operation({ maxCalls: 0 }))).toBe('notSent');
    expect(await outcome(harness.operation({ token: '' }))).toBe('notSent');
    expect(await outcome(harness.operation({ timeoutMs: 0 }))).toBe('notSent');
    await harness.sandbox.close();
    for (let i = 0; i < 4; i++) expect(await outcome()).toBe('notSent');
    expect(harness.upstream.state().breakers.identity).toBe('open');
  });

  it('that waits for a slot after a 429 was not taken', async () => {
    harness = await createHarness({ faults: [{ path, status: 429, headers: { 'retry-after': '60' }, count: 1 }] });
    expect(await refusalOf(assign(here, 30_000))).toMatchObject({ code: 'RATE_LIMITED', outcome: 'refused' });
  });

  it('whose caller leaves while it is under way is unknown', async () => {
    harness = await createHarness({ faults: [{ path, form: 'hang' }] });
    const operation = harness.operation();
    const refusal = refusalOf(harness.upstream.call(assignRole, here, operation));
    await harness.clock.quiet();
    operation.abort();
    expect((await refusal).outcome).toBe('unknown');
  });

  it('whose deadline passes while it is under way is unknown', async () => {
    harness = await createHarness({ faults: [{ path, form: 'hang' }] });
    expect(await refusalOf(assign(here, 5000))).toMatchObject({ code: 'UPSTREAM_TIMEOUT', outcome: 'unknown' });
  });
});
