import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../src/index.ts';
import { at, bob, change, createWriteHarness, type Grants, heldIn, type WriteHarness } from './world.ts';

// What ESET documents nowhere, and the sandbox can do in every way: what a result says under each, and that the account is as it says.

let harness: WriteHarness;
afterEach(() => harness.close());

interface Row {
  readonly reading: SandboxOptions;
  readonly what: string;
  readonly before: Grants;
  readonly kind: 'assign' | 'revoke';
  readonly at: object;
  readonly status: string;
  readonly code?: string;
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
  /** What is sent, one after the other; `*` stands for everywhere, `?` for what was never carried out. */
  readonly writes: readonly string[];
  readonly after: Grants;
  /** Default: alice. */
  readonly who?: string;
}

const everywhere = { everywhere: true };
const changed = { status: 'CHANGED' } as const;
const one: Grants = { auditor: ['one'] };
const two: Grants = { auditor: ['two'] };
const both: Grants = { auditor: ['one', 'two'] };
const global: Grants = { auditor: ['everywhere'] };
const none: Grants = {};
/** Held everywhere, and at scopes beside. */
const beside: Grants = { auditor: ['everywhere', 'one', 'two'] };

const revokeLast = { what: 'the last scope is revoked', kind: 'revoke', before: one, at: at('one') } as const;
const revokeAll = {
  what: 'all scopes are revoked at once',
  kind: 'revoke',
  before: both,
  at: at('one', 'two'),
} as const;
const revokeSome = { what: 'a scope is revoked', kind: 'revoke', before: both, at: at('one', 'four') } as const;
const revokeGlobal = { what: 'a global grant is revoked', kind: 'revoke', at: everywhere } as const;
const revokeAbsent = { kind: 'revoke', status: 'UNCHANGED', writes: [] } as const;
const assignUnder = { what: 'a scope is assigned under a global grant', kind: 'assign', at: at('one') } as const;
const undone = { ...changed, code: 'UPSTREAM_ERROR' } as const;

const rows: readonly Row[] = [
  {
    reading: { revokeLastScope: 'gone' },
    ...revokeLast,
    ...changed,
    removed: ['one'],
    writes: ['revoke one'],
    after: none,
  },
  {
    reading: { revokeLastScope: 'global' },
    ...revokeLast,
    ...undone,
    removed: ['one'],
    writes: ['revoke one', 'revoke *'],
    after: none,
  },
  {
    reading: { revokeLastScope: 'global', revokeEmptyScopes: 'globalOnly' },
    ...revokeLast,
    ...undone,
    removed: ['one'],
    writes: ['revoke one', 'revoke *'],
    after: none,
  },
  {
    reading: { revokeLastScope: 'global', revokeEmptyScopes: 'refused' },
    ...revokeLast,
    status: 'FAILED',
    code: 'UPSTREAM_ERROR',
    added: ['everywhere'],
    removed: ['one'],
    writes: ['revoke one', 'revoke *'],
    after: global,
  },
  {
    reading: { revokeLastScope: 'refused' },
    ...revokeLast,
    status: 'FAILED',
    code: 'BAD_USER_INPUT',
    writes: ['revoke one'],
    after: one,
  },
  {
    reading: { revokeLastScope: 'global' },
    ...revokeAll,
    ...undone,
    removed: ['one', 'two'],
    writes: ['revoke one two', 'revoke *'],
    after: none,
  },
  // Of two entries the last one is left, and only an entry that is the last of its role can become global.
  {
    reading: { revokeLastScope: 'global' },
    ...revokeSome,
    ...changed,
    removed: ['one'],
    writes: ['revoke one'],
    after: two,
  },

  ...(['whole', 'globalOnly'] as const).map((revokeEmptyScopes): Row => ({
    reading: { revokeEmptyScopes },
    ...revokeGlobal,
    ...changed,
    before: global,
    removed: ['everywhere'],
    writes: ['revoke *'],
    after: none,
  })),
  {
    reading: { revokeEmptyScopes: 'whole' },
    ...revokeGlobal,
    what: 'a global grant with scopes beside is revoked',
    ...undone,
    before: beside,
    removed: ['everywhere'],
    writes: ['revoke *', 'assign one two'],
    after: both,
  },
  {
    reading: { revokeEmptyScopes: 'globalOnly' },
    ...revokeGlobal,
    what: 'a global grant with scopes beside is revoked',
    ...changed,
    before: beside,
    removed: ['everywhere'],
    writes: ['revoke *'],
    after: both,
  },
  {
    reading: { revokeEmptyScopes: 'refused' },
    ...revokeGlobal,
    status: 'FAILED',
    code: 'BAD_USER_INPUT',
    before: global,
    writes: ['revoke *'],
    after: global,
  },

  // What is not held is never sent, and so none of these can matter.
  ...(['ok', 404, 400] as const).flatMap((revokeNotHeld): Row[] => [
    {
      reading: { revokeNotHeld },
      what: 'a scope is revoked that is not held',
      ...revokeAbsent,
      before: one,
      at: at('two'),
      after: one,
    },
    {
      reading: { revokeNotHeld },
      what: 'a role is revoked that is not held',
      ...revokeAbsent,
      before: none,
      at: everywhere,
      after: none,
    },
    { reading: { revokeNotHeld }, ...revokeSome, ...changed, removed: ['one'], writes: ['revoke one'], after: two },
  ]),
  ...(['ok', 400, 'narrow'] as const).flatMap((revokeUnderGlobal): Row[] => [
    {
      reading: { revokeUnderGlobal },
      what: 'a scope is revoked under a global grant',
      ...revokeAbsent,
      before: global,
      at: at('one'),
      after: global,
    },
    {
      reading: { revokeUnderGlobal },
      what: 'a scope that is held beside a global grant is revoked',
      kind: 'revoke',
      ...changed,
      before: beside,
      at: at('one'),
      removed: ['one'],
      writes: ['revoke one'],
      after: { auditor: ['everywhere', 'two'] },
    },
  ]),

  {
    reading: { assignUnderGlobal: 'keptBeside' },
    ...assignUnder,
    ...changed,
    before: global,
    added: ['one'],
    writes: ['assign one'],
    after: { auditor: ['everywhere', 'one'] },
  },
  {
    reading: { assignUnderGlobal: 'absorbed' },
    ...assignUnder,
    status: 'UNKNOWN',
    code: 'UPSTREAM_PENDING',
    before: global,
    writes: ['assign one'],
    after: global,
  },
  ...(['merged', 'duplicate'] as const).flatMap((assignTwice) =>
    (['sameEntry', 'newEntry'] as const).flatMap((newScopesIn): Row[] => [
      {
        reading: { assignTwice, newScopesIn },
        what: 'what is held is assigned',
        kind: 'assign',
        status: 'UNCHANGED',
        before: one,
        at: at('one'),
        writes: [],
        after: one,
      },
      {
        reading: { assignTwice, newScopesIn },
        what: 'what is held in part is assigned',
        kind: 'assign',
        ...changed,
        before: one,
        at: at('one', 'two'),
        added: ['two'],
        writes: ['assign two'],
        after: both,
      },
    ]),
  ),

  {
    reading: { revokeOffered: false },
    ...revokeSome,
    status: 'FAILED',
    code: 'NOT_FOUND',
    writes: ['revoke one'],
    after: both,
  },
  // Nothing without a name leaves the gateway, so these cannot matter either.
  ...(['refused', 'treatedAsGlobal'] as const).map((emptyScope): Row => ({
    reading: { emptyScope },
    what: 'a scope is assigned',
    kind: 'assign',
    ...changed,
    before: none,
    at: at('one'),
    added: ['one'],
    writes: ['assign one'],
    after: one,
  })),
  {
    reading: { unknownScope: 'refused' },
    what: 'a scope that nobody knows is assigned',
    kind: 'assign',
    status: 'FAILED',
    code: 'BAD_USER_INPUT',
    before: none,
    at: at('nowhere'),
    writes: ['assign nowhere'],
    after: none,
  },
  {
    reading: { unknownScope: 'accepted' },
    what: 'a scope that nobody knows is assigned',
    kind: 'assign',
    ...changed,
    before: none,
    at: at('nowhere'),
    added: ['nowhere'],
    writes: ['assign nowhere'],
    after: { auditor: ['nowhere'] },
  },
  {
    reading: { anySubject: false },
    what: 'a role is assigned to nobody that is known',
    kind: 'assign',
    status: 'FAILED',
    code: 'NOT_FOUND',
    who: 'nobody',
    before: none,
    at: at('one'),
    writes: ['assign one'],
    after: none,
  },
  {
    reading: { anySubject: true },
    what: 'a role is assigned to nobody that is known',
    kind: 'assign',
    ...changed,
    who: 'nobody',
    before: none,
    at: at('one'),
    added: ['one'],
    writes: ['assign one'],
    after: one,
  },
  ...(['done', 'notDone'] as const).map((timesOut): Row => ({
    reading: { timesOut, pending: { giveUpAfterMs: 40_000 }, faults: [{ method: 'POST', takesMs: 50_000, count: 1 }] },
    what: 'upstream gives a write up',
    kind: 'assign',
    ...changed,
    before: none,
    at: at('one'),
    added: ['one'],
    writes: timesOut === 'done' ? ['assign one'] : ['assign ?', 'assign one'],
    after: one,
  })),
  ...[300, 4000].map((visibleAfterMs): Row => ({
    reading: { visibleAfterMs },
    ...revokeSome,
    ...changed,
    removed: ['one'],
    writes: ['revoke one'],
    after: two,
  })),
  {
    reading: { visibleAfterMs: 300, revokeLastScope: 'global' },
    ...revokeLast,
    ...undone,
    removed: ['one'],
    writes: ['revoke one', 'revoke *'],
    after: none,
  },
  {
    reading: { visibleAfterMs: 60_000 },
    ...revokeSome,
    what: 'a scope is revoked, and upstream lags for longer than anybody waits',
    status: 'UNKNOWN',
    code: 'UPSTREAM_PENDING',
    writes: ['revoke one'],
    after: two,
  },
];

describe('what nobody documents', () => {
  it.each(rows.map((row) => ({ ...row, name: JSON.stringify(row.reading).replaceAll('"', '') })))(
    'is survived: $name, where $what',
    async ({ reading, kind, at: place, who, ...row }) => {
      const scopes = row.before['auditor']?.filter((name) => name !== 'everywhere') ?? [];
      const isBeside = scopes.length > 0 && scopes.length < (row.before['auditor']?.length ?? 0);
      harness = await createWriteHarness(isBeside ? { auditor: ['everywhere'] } : row.before, {
        sandbox: isBeside ? { assignUnderGlobal: 'keptBeside' } : reading,
      });
      if (isBeside) {
        await harness.change('assign', [change('auditor', at(...scopes))]);
        harness.sandbox.control.configure(reading);
        harness.sandbox.clearTranscript();
      }
      const { data, errors } = await harness.change(kind, [change('auditor', place, who)]);
      expect(errors).toBeUndefined();
      const [result] = data?.change.results ?? [];
      expect(result?.status).toBe(row.status);
      expect(result?.problem?.code).toBe(row.code);
      expect(heldIn(result?.added ?? [])['auditor'] ?? []).toEqual(row.added ?? []);
      expect(heldIn(result?.removed ?? [])['auditor'] ?? []).toEqual(row.removed ?? []);
      const sent = harness.sandbox
        .transcript()
        .filter(({ method, responseId }) => method === 'POST' && responseId === undefined)
        .map(({ path, body }) => `${path.slice(path.indexOf(':') + 1, -4)} ${placesIn(body)}`);
      expect(sent).toEqual(row.writes);
      expect(await harness.held(who)).toEqual(row.after);
      if (row.status !== 'UNKNOWN' && result?.subject != null) {
        expect(heldIn(result.subject.roles.nodes)).toEqual(row.after);
      }
    },
  );

  it('does not make a role of one entry global where another entry is left', async () => {
    harness = await createWriteHarness(one, { sandbox: { newScopesIn: 'newEntry', revokeLastScope: 'global' } });
    await harness.change('assign', [change('auditor', at('two'))]);
    const { data } = await harness.change('revoke', [change('auditor', at('one'))]);
    expect(data?.change.results).toMatchObject([{ status: 'CHANGED', problem: null }]);
    expect(await harness.held()).toEqual(two);
  });

  it('takes a scope that is listed twice away at once', async () => {
    harness = await createWriteHarness(one, { sandbox: { assignTwice: 'duplicate' } });
    // Somebody else assigns what is assigned already.
    const between = {
      change: 'assign',
      subjectReference: bob,
      roleName: 'auditor',
      scopes: [{ customerUuid: 'one' }],
    } as const;
    harness.sandbox.control.setFaults([{ method: 'POST', count: 1, between }]);
    await harness.change('assign', [change('auditor', at('one'), bob)]);
    const { data } = await harness.change('revoke', [change('auditor', at('one'), bob)]);
    expect(data?.change.results).toMatchObject([{ status: 'CHANGED', problem: null }]);
    expect(await harness.held(bob)).toEqual(none);
  });
});

const placesIn = (body: unknown): string => {
  if (body === undefined) return '?';
  const { role } = body as { role: { scopes: { customerUuid: string }[] } };
  return role.scopes.length === 0 ? '*' : role.scopes.map(({ customerUuid }) => customerUuid).join(' ');
};
