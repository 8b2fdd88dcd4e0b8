import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/sandbox/core/faults/faults.ts';
import { at, change, createWriteHarness, type WriteHarness } from './world.ts';

let harness: WriteHarness;
afterEach(() => harness.close());

const path = '/v2/role-assignments:assignRole';
const once = { path, count: 1 } as const;

interface Row {
  readonly what: string;
  readonly faults: readonly FaultRule[];
  readonly status: string;
  /** How often upstream carried the write out. */
  readonly writes: number;
  readonly isHeld: boolean;
}

const rows: readonly Row[] = [
  { what: 'a 400', faults: [{ ...once, status: 400 }], status: 'FAILED', writes: 1, isHeld: false },
  { what: 'a 403', faults: [{ ...once, status: 403 }], status: 'FAILED', writes: 1, isHeld: false },
  { what: 'a 429', faults: [{ ...once, status: 429 }], status: 'CHANGED', writes: 2, isHeld: true },
  ...[500, 502, 503, 504].flatMap((status): Row[] => [
    {
      what: `${status} before`,
      faults: [{ ...once, status, lost: 'before' }],
      status: 'CHANGED',
      writes: 2,
      isHeld: true,
    },
    {
      what: `${status} after`,
      faults: [{ ...once, status, lost: 'after' }],
      status: 'CHANGED',
      writes: 1,
      isHeld: true,
    },
  ]),
  { what: 'a reset before', faults: [{ ...once, form: 'reset' }], status: 'CHANGED', writes: 2, isHeld: true },
  {
    what: 'a reset after',
    faults: [{ ...once, form: 'reset', lost: 'after' }],
    status: 'CHANGED',
    writes: 1,
    isHeld: true,
  },
  { what: 'a 500 that lasts', faults: [{ path, status: 500 }], status: 'UNKNOWN', writes: 2, isHeld: false },
  {
    what: 'a reading that fails afterwards',
    faults: [{ path: '/v2/role-assignments', skip: 1, status: 403 }],
    status: 'UNKNOWN',
    writes: 1,
    isHeld: true,
  },
];

describe('a write that meets a fault', () => {
  it.each(rows)('is $status after $what, and is sent $writes times', async ({ faults, status, writes, isHeld }) => {
    harness = await createWriteHarness({}, { sandbox: { faults } });
    const { data } = await harness.change('assign', [change('auditor', at('one'))]);
    const [result] = data?.change.results ?? [];
    expect(result?.status).toBe(status);
    expect(result?.problem === null).toBe(status === 'CHANGED');
    expect(harness.calls().filter((call) => call.startsWith('assign'))).toHaveLength(writes);
    expect(await harness.held()).toEqual(isHeld ? { auditor: ['one'] } : {});
  });
});

const revokePath = '/v2/role-assignments:revokeRole';

describe('a revocation that meets a fault', () => {
  // What is held says whether it was made, so a row of giving a role is one of taking it with the ends changed.
  const revocations = rows.map(({ faults, isHeld, ...row }): Row => ({
    ...row,
    faults: faults.map((fault) => (fault.path === path ? { ...fault, path: revokePath } : fault)),
    isHeld: !isHeld,
  }));

  it.each(revocations)('is $status after $what, and is sent $writes times', async (row) => {
    harness = await createWriteHarness({ auditor: ['one', 'two'] }, { sandbox: { faults: row.faults } });
    const { data } = await harness.change('revoke', [change('auditor', at('one'))]);
    const [result] = data?.change.results ?? [];
    expect(result?.status).toBe(row.status);
    expect(result?.problem === null).toBe(row.status === 'CHANGED');
    expect(harness.calls().filter((call) => call.startsWith('revoke'))).toHaveLength(row.writes);
    expect(await harness.held()).toEqual({ auditor: row.isHeld ? ['one', 'two'] : ['two'] });
  });
});

describe('a write that upstream works on', () => {
  it.each([
    ['assign', path],
    ['revoke', revokePath],
  ] as const)('is waited for (%s), and asked after without another write', async (kind, wanted) => {
    harness = await createWriteHarness(
      { auditor: ['one'] },
      { sandbox: { faults: [{ path: wanted, takesMs: 32_000, count: 1 }] } },
    );
    const { data } = await harness.change(kind, [change('auditor', at(kind === 'assign' ? 'two' : 'one'))]);
    expect(data?.change.results).toMatchObject([{ status: 'CHANGED', problem: null }]);
    const sent = harness.sandbox.transcript().filter((entry) => entry.path === wanted);
    expect(sent.map(({ status }) => status)[0]).toBe(202);
    expect(sent.filter(({ responseId }) => responseId === undefined)).toHaveLength(1);
    expect(sent.reduce((sum, { executions = 0 }) => sum + executions, 0)).toBe(1);
    expect(await harness.held()).toEqual(kind === 'assign' ? { auditor: ['one', 'two'] } : {});
  });
});
