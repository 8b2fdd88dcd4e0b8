import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Sandbox, SandboxOptions } from '../../src/index.ts';
import type { FaultRule } from '../../src/sandbox/core/faults/faults.ts';
import type { TranscriptEntry } from '../../src/sandbox/core/transcript.ts';
import { type AccountModel, applied, createAccountModel, type Held, isSo, type Wish } from './account-model.ts';
import {
  alice,
  at,
  bob,
  change,
  type ChangeOutcome,
  createWriteHarness,
  heldIn,
  type WriteHarness,
  worldOf,
} from './world.ts';

// Two callers with credentials of their own change what two people hold, one after the other or at the same time, while upstream fails now and then and behaves in
// any of the ways that nobody documents. Whatever happens, the results, a model that goes by them, and the account have to agree.

const listPath = '/v2/role-assignments';
const callers = ['anna', 'ben'] as const;
type Caller = (typeof callers)[number];

/** What becomes of one call. */
const writeEvents = {
  well: { headers: {} },
  refused: { status: 400 },
  forbidden: { status: 403 },
  tooFast: { status: 429 },
  failedBefore: { status: 500, lost: 'before' },
  failedAfter: { status: 502, lost: 'after' },
  resetBefore: { form: 'reset', lost: 'before' },
  resetAfter: { form: 'reset', lost: 'after' },
  cut: { form: 'cut' },
  slow: { takesMs: 31_000 },
} as const satisfies Record<string, FaultRule>;
const readEvents = {
  well: { headers: {} },
  forbidden: { status: 403 },
  failed: { status: 500 },
  reset: { form: 'reset' },
} as const;
type WriteEvent = keyof typeof writeEvents;
type ReadEvent = keyof typeof readEvents;

interface Step extends Wish {
  readonly writes: readonly WriteEvent[];
  readonly reads: readonly ReadEvent[];
}

const mostlyWell = <Name extends string>(names: readonly Name[], maxLength: number): fc.Arbitrary<Name[]> =>
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('well' as Name) },
      { weight: 4, arbitrary: fc.constantFrom(...names) },
    ),
    {
      maxLength,
    },
  );
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('assign', 'revoke'),
  subject: fc.constantFrom(alice, bob),
  role: fc.constantFrom('auditor', 'viewer'),
  places: fc.oneof(
    { weight: 4, arbitrary: fc.uniqueArray(fc.constantFrom('one', 'two', 'three'), { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant(['everywhere']) },
  ),
  writes: mostlyWell(Object.keys(writeEvents) as WriteEvent[], 4),
  reads: mostlyWell(Object.keys(readEvents) as ReadEvent[], 4),
});
/** One caller alone, or both at the same time. */
const turn = fc.record({ one: step, other: fc.option(step), first: fc.constantFrom(...callers) });
const readings = fc.record({
  revokeLastScope: fc.constantFrom('gone', 'global', 'refused'),
  revokeEmptyScopes: fc.constantFrom('whole', 'globalOnly', 'refused'),
  revokeNotHeld: fc.constantFrom('ok' as const, 404 as const, 400 as const),
  revokeUnderGlobal: fc.constantFrom('ok' as const, 400 as const, 'narrow' as const),
  assignUnderGlobal: fc.constantFrom('keptBeside', 'absorbed'),
  assignTwice: fc.constantFrom('merged', 'duplicate'),
  newScopesIn: fc.constantFrom('sameEntry', 'newEntry'),
  visibleAfterMs: fc.constantFrom(0, 0, 300, 1500),
}) satisfies fc.Arbitrary<SandboxOptions>;

const faultsOf = (caller: Caller, { writes, reads }: Step): FaultRule[] => [
  ...writes.map((name): FaultRule => ({
    user: nameOf(caller),
    method: 'POST',
    poll: false,
    count: 1,
    ...writeEvents[name],
  })),
  ...reads.map((name): FaultRule => ({ user: nameOf(caller), path: listPath, count: 1, ...readEvents[name] })),
];

const nameOf = (caller: Caller): string => `${caller}@example.test`;

/** Two callers who may do everything. */
const account = {
  users: callers.map((caller) => ({ name: nameOf(caller), password: caller, permissionSets: ['everything'] })),
  permissionSets: [{ name: 'everything', staticGroups: 'all', functionality: ['all'] }],
} as const;

/** A result whose problem is what a revocation did beside what was asked. */
const isAccident = ({ problem }: ChangeOutcome): boolean => problem?.message.startsWith('ESET Connect took') === true;

/** Whether what a caller was told over the wire leaves it open what became of the wish. */
const leavesOpen = (seen: readonly TranscriptEntry[], wish: Wish, after: Held): boolean => {
  const isUnreadable = seen.findLast(({ path }) => path === listPath)?.status !== 200;
  const isLost = seen.some(
    ({ path, status, fault }) => path !== listPath && (status === undefined || status >= 500 || fault === 'cut'),
  );
  const mayBeAbsorbed = wish.kind === 'assign' && after.has('everywhere');
  return isUnreadable || (!isSo(wish, after) && (isLost || mayBeAbsorbed));
};

/** What a role is by a result. Where that leaves it open it is what the account says, as far as that is possible at all. */
const believed = (result: ChangeOutcome, wish: Wish, { before, after }: { before: Held; after: Held }): Held => {
  const told = (roles: ChangeOutcome['added']): string[] => heldIn(roles)[wish.role] ?? [];
  const isRead = result.subject !== null || result.problem === null;
  if (result.status === 'UNCHANGED') return before;
  if (result.status === 'CHANGED') return applied(wish, before);
  if (result.status === 'FAILED' && !isAccident(result)) return before;
  if (result.status === 'FAILED' && isRead) {
    return new Set([...[...before].filter((place) => !told(result.removed).includes(place)), ...told(result.added)]);
  }
  // Nothing is given that was not asked for, but by a revocation that upstream takes for a grant of everything.
  const may = new Set([...before, ...(wish.kind === 'assign' ? wish.places : ['everywhere'])]);
  expect([...after].filter((place) => !may.has(place))).toEqual([]);
  // Nothing is taken that was not asked for, but with a global grant or by putting that right.
  if (wish.kind === 'assign') expect([...before].filter((place) => !after.has(place))).toEqual([]);
  return after;
};

/** Holds a result against itself. */
const expectSense = (result: ChangeOutcome, wish: Wish): void => {
  const isAsWished = ['CHANGED', 'UNCHANGED'].includes(result.status);
  expect(result.problem === null).toBe(isAsWished && !isAccident(result));
  const seen = new Set(heldIn(result.subject?.roles.nodes ?? [])[wish.role]);
  if (isAsWished) expect(isSo(wish, seen)).toBe(true);
  else if (result.subject !== null && !isAccident(result)) expect(isSo(wish, seen)).toBe(false);
};

interface Parts {
  readonly harness: WriteHarness;
  readonly model: AccountModel;
  readonly tokens: ReadonlyMap<Caller, string>;
}

const logIn = async ({ tokenUrl }: Sandbox, caller: Caller): Promise<string> => {
  const body = new URLSearchParams({ grant_type: 'password', username: nameOf(caller), password: caller });
  const response = await fetch(tokenUrl, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
};

/** Lets one caller, or both at the same time, make a change, and holds model, account and results against each other. */
const take = async ({ harness, model, tokens }: Parts, steps: ReadonlyMap<Caller, Step>): Promise<void> => {
  harness.sandbox.control.setFaults([...steps].flatMap(([caller, wish]) => faultsOf(caller, wish)));
  harness.sandbox.clearTranscript();
  const answers = await harness.changeTogether(
    [...steps].map(([caller, { kind, subject, role, places: named }]) => ({
      kind,
      change: change(role, named[0] === 'everywhere' ? { everywhere: true } : at(...named), subject),
      headers: { authorization: `Bearer ${tokens.get(caller)}` },
    })),
  );
  const transcript = harness.sandbox.transcript();
  const held = new Map([
    [alice, await harness.held(alice)],
    [bob, await harness.held(bob)],
  ]);
  const results = answers.map(({ data }) => data?.change.results[0] as ChangeOutcome);
  for (const [index, [caller, wish]] of [...steps].entries()) {
    const result = results[index] as ChangeOutcome;
    statuses.add(result.status);
    const before = model.held(wish);
    const after: Held = new Set(held.get(wish.subject)?.[wish.role]);
    expectSense(result, wish);
    const rivals = [...steps.values()].filter(({ subject, role }) => subject === wish.subject && role === wish.role);
    if (rivals.length > 1) {
      // Upstream protects nobody from another writer: each place is as it was, or as one of them wanted it.
      if (index === 0) continue;
      const isPlain = results.every((one) => one.status !== 'UNKNOWN' && !isAccident(one));
      for (const place of new Set([...before, ...after])) {
        if (before.has(place) === after.has(place)) continue;
        const isWished = rivals.some(
          ({ kind, places: named }) => named.includes(place) && after.has(place) === (kind === 'assign'),
        );
        expect(isWished || (!isPlain && (place === 'everywhere' || !after.has(place)))).toBe(true);
      }
      model.set(wish, after);
    } else {
      if (result.status === 'UNKNOWN') {
        expect(
          leavesOpen(
            transcript.filter(({ user }) => user === nameOf(caller)),
            wish,
            after,
          ),
        ).toBe(true);
      }
      model.set(wish, believed(result, wish, { before, after }));
    }
  }
  for (const subject of [alice, bob]) expect(held.get(subject)).toEqual(model.of(subject));
};

const statuses = new Set<string>();

it('changes by two callers end as their results say, whatever upstream does', async () => {
  await fc.assert(
    fc.asyncProperty(readings, fc.array(turn, { minLength: 3, maxLength: 6 }), async (sandbox, turns) => {
      const harness = await createWriteHarness(
        {},
        { sandbox: { ...sandbox, world: worldOf({}, account), tokenLifetimeMs: 1e9 } },
      );
      try {
        const tokens = new Map<Caller, string>();
        for (const caller of callers) tokens.set(caller, await logIn(harness.sandbox, caller));
        const parts: Parts = { harness, model: createAccountModel(), tokens };
        for (const { one, other, first } of turns) {
          await take(
            parts,
            new Map([[first, one], ...(other === null ? [] : [[first === 'anna' ? 'ben' : 'anna', other] as const])]),
          );
        }
      } finally {
        await harness.close();
      }
    }),
    // Shrinking takes longer than a test may; what failed can be run again by its path.
    { seed: 19, numRuns: 20, endOnFailure: true },
  );
  // The seed shows all of them.
  expect([...statuses].toSorted()).toEqual(['CHANGED', 'FAILED', 'UNCHANGED', 'UNKNOWN']);
});
