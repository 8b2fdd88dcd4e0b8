import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayOptions } from '../../src/index.ts';
import type { FaultRule } from '../../src/sandbox/core/faults/faults.ts';
import { createRelay } from './relay.ts';
import { at, change, type ChangeOutcome, createWriteHarness, type Grants, heldIn, type WriteHarness } from './world.ts';

let harness: WriteHarness;
afterEach(() => harness.close());

const listPath = '/v2/role-assignments';

/** A fault, and what a change that meets it has to end as. */
interface Row {
  readonly what: string;
  /** Of the write's path; the readings' where it says so itself. */
  readonly faults: readonly FaultRule[];
  readonly gateway?: GatewayOptions;
  readonly status: 'CHANGED' | 'FAILED' | 'UNKNOWN';
  /** Of the problem; absent where there is none. */
  readonly code?: string;
  /** How often the write was sent, polls left out. */
  readonly sent: number;
  /** How often upstream carried it out. */
  readonly executed: number;
}

const once = { count: 1, poll: false } as const;
const changed = { status: 'CHANGED' } as const;
const unknown = { status: 'UNKNOWN' } as const;
const failed = { status: 'FAILED', sent: 1, executed: 0 } as const;

/** What an answer can be lost by, before the write was carried out and after it. */
const losses: readonly [what: string, fault: FaultRule][] = [
  ...[500, 502, 503, 504].map((status): [string, FaultRule] => [`a ${status}`, { status }]),
  ['a reset', { form: 'reset' }],
  ['no answer', { form: 'hang' }],
];

const rows: readonly Row[] = [
  { what: 'a 400', faults: [{ ...once, status: 400 }], ...failed, code: 'BAD_USER_INPUT' },
  { what: 'a 401', faults: [{ ...once, status: 401 }], ...failed, code: 'UNAUTHENTICATED' },
  { what: 'a 403', faults: [{ ...once, status: 403 }], ...failed, code: 'FORBIDDEN' },
  { what: 'a 404', faults: [{ ...once, status: 404 }], ...failed, code: 'NOT_FOUND' },
  { what: 'a 409', faults: [{ ...once, status: 409 }], ...failed, code: 'BAD_USER_INPUT' },
  { what: 'a 412', faults: [{ ...once, status: 412 }], ...failed, code: 'BAD_USER_INPUT' },
  { what: 'a 429', faults: [{ ...once, status: 429 }], ...changed, sent: 2, executed: 1 },
  {
    what: '429 after 429',
    faults: [{ status: 429 }],
    status: 'FAILED',
    code: 'RATE_LIMITED',
    sent: 4,
    executed: 0,
  },
  ...losses.flatMap(([what, fault]): Row[] => [
    { what: `${what}, before`, faults: [{ ...once, ...fault }], ...changed, sent: 2, executed: 1 },
    { what: `${what}, after`, faults: [{ ...once, ...fault, lost: 'after' }], ...changed, sent: 1, executed: 1 },
  ]),
  { what: 'half an answer', faults: [{ ...once, form: 'cut' }], ...changed, sent: 1, executed: 1 },
  { what: 'a page', faults: [{ ...once, form: 'html', lost: 'after' }], ...changed, sent: 1, executed: 1 },
  { what: 'a 500 that lasts', faults: [{ status: 500 }], ...unknown, code: 'UPSTREAM_ERROR', sent: 2, executed: 0 },
  {
    what: 'a 500, and then a 403',
    faults: [
      { ...once, status: 500 },
      { ...once, status: 403 },
    ],
    ...unknown,
    code: 'UPSTREAM_ERROR',
    sent: 2,
    executed: 0,
  },
  { what: '202, then 200', faults: [{ ...once, takesMs: 32_000 }], ...changed, sent: 1, executed: 1 },
  {
    what: '202, then 404, of a write that is carried out soon',
    faults: [
      { ...once, takesMs: 32_000 },
      { poll: true, status: 404, count: 1 },
    ],
    ...changed,
    sent: 1,
    executed: 1,
  },
  {
    what: '202, then 404, of a write that is carried out late, after another',
    faults: [
      { ...once, takesMs: 45_000 },
      { poll: true, status: 404, count: 1 },
    ],
    ...changed,
    sent: 2,
    executed: 2,
  },
  {
    what: '202, then 504, of a write that was given up',
    faults: [
      { ...once, takesMs: 45_000 },
      { poll: true, status: 504, count: 1 },
    ],
    ...changed,
    sent: 2,
    executed: 2,
  },
  {
    what: '202 until the deadline',
    faults: [{ ...once, takesMs: 100_000 }],
    gateway: { timeoutMs: 60_000 },
    ...unknown,
    code: 'UPSTREAM_PENDING',
    sent: 1,
    executed: 1,
  },
  {
    what: 'no answer until the deadline',
    faults: [{ ...once, form: 'hang', lost: 'after' }],
    gateway: { timeoutMs: 60_000 },
    ...changed,
    sent: 1,
    executed: 1,
  },
  {
    what: 'a reading before it that is refused',
    faults: [{ path: listPath, status: 403 }],
    status: 'FAILED',
    code: 'FORBIDDEN',
    sent: 0,
    executed: 0,
  },
  {
    what: 'a reading before it that fails for good',
    faults: [{ path: listPath, status: 500 }],
    status: 'FAILED',
    code: 'UPSTREAM_ERROR',
    sent: 0,
    executed: 0,
  },
  {
    what: 'a reading before it that fails once',
    faults: [{ path: listPath, status: 500, count: 1 }],
    ...changed,
    sent: 1,
    executed: 1,
  },
  {
    what: 'a reading afterwards that is refused',
    faults: [{ path: listPath, skip: 1, status: 403 }],
    ...unknown,
    code: 'FORBIDDEN',
    sent: 1,
    executed: 1,
  },
  {
    what: 'a reading afterwards that fails once',
    faults: [{ path: listPath, skip: 1, count: 1, form: 'reset' }],
    ...changed,
    sent: 1,
    executed: 1,
  },
  {
    what: 'a lost answer, and a reading that is refused',
    faults: [
      { ...once, status: 502, lost: 'after' },
      { path: listPath, skip: 1, status: 403 },
    ],
    ...unknown,
    code: 'UPSTREAM_UNAVAILABLE',
    sent: 1,
    executed: 1,
  },
];

const kinds: readonly { kind: 'assign' | 'revoke'; before: Grants; after: Grants }[] = [
  { kind: 'assign', before: { auditor: ['two'] }, after: { auditor: ['one', 'two'] } },
  { kind: 'revoke', before: { auditor: ['one', 'two'] }, after: { auditor: ['two'] } },
];

/** Holds what a result claims against what the account was, and is. */
const expectTrue = (result: ChangeOutcome, before: Grants, held: Grants): void => {
  // Nobody knows, and so nothing is claimed but what was read at that time.
  if (result.status === 'UNKNOWN') return;
  if (result.subject !== null) expect(heldIn(result.subject.roles.nodes)).toEqual(held);
  const { auditor: had = [] } = before;
  const { auditor: has = [] } = held;
  expect(heldIn(result.added)['auditor'] ?? []).toEqual(has.filter((place) => !had.includes(place)));
  expect(heldIn(result.removed)['auditor'] ?? []).toEqual(had.filter((place) => !has.includes(place)));
};

describe.each(kinds)('a change that is to $kind a role', ({ kind, before, after }) => {
  const path = `${listPath}:${kind}Role`;

  it.each(rows)('is $status after $what: sent $sent times', async ({ faults, gateway = {}, ...row }) => {
    harness = await createWriteHarness(before, {
      sandbox: { faults: faults.map((fault) => ({ path, ...fault })) },
      gateway,
    });
    const { data, errors } = await harness.change(kind, [change('auditor', at('one'))]);
    expect(errors).toBeUndefined();
    const [result] = data?.change.results ?? [];
    expect(result?.status).toBe(row.status);
    expect(result?.problem?.code).toBe(row.code);
    const held = await harness.held();
    const writes = harness.sandbox.transcript().filter((entry) => entry.path === path);
    expect(writes.filter(({ responseId }) => responseId === undefined)).toHaveLength(row.sent);
    expect(writes.reduce((sum, { executions = 0 }) => sum + executions, 0)).toBe(row.executed);
    expect(held).toEqual(row.executed > 0 ? after : before);
    expectTrue(result as ChangeOutcome, before, held);
    expect(harness.lines.filter(({ message }) => message === 'change')).toMatchObject([{ kind, status: row.status }]);
  });

  it.each([
    ['once, and is sent again', 1, 'CHANGED'],
    ['for good, and was not sent', Infinity, 'FAILED'],
  ] as const)('finds no connection %s', async (_, times, status) => {
    const relay = await createRelay();
    harness = await createWriteHarness(before, {
      // Each call makes a connection of its own, and there is none for the write.
      sandbox: { faults: [{ headers: { connection: 'close' } }] },
      gateway: { upstreamUrl: relay.url },
    });
    relay.open(harness.sandbox.url, { refuseAfter: 1, times, later: (again) => void harness.clock.after(1, again) });
    try {
      const { data } = await harness.change(kind, [change('auditor', at('one'))]);
      expect(data?.change.results).toMatchObject([
        { status, problem: times === 1 ? null : { code: 'UPSTREAM_UNAVAILABLE' } },
      ]);
      expect(harness.calls()).toEqual(times === 1 ? ['read 200', `${kind} 200`, 'read 200'] : ['read 200']);
      expect(await harness.held()).toEqual(times === 1 ? after : before);
    } finally {
      await relay.close();
    }
  });
});
