import { describe, expect, it } from 'vitest';
import type { SettingsInput } from '../../../../src/sandbox/core/settings.ts';
import type { Scope } from '../../../../src/wire/identity.ts';
import { list, openSandbox } from '../../client.ts';
import { assign, here, holds, msp, revoke, subject, there, type Change } from './writes.ts';

const everywhere: readonly Scope[] = [];
const nowhere: (readonly Scope[])[] = [];

/** What a subject holds of one role at the beginning, what is asked then, and what comes of it. */
interface Case {
  readonly reading: SettingsInput;
  /** Assigned before, one after another. */
  readonly held?: readonly (readonly Scope[])[];
  readonly assign?: readonly unknown[];
  readonly revoke?: readonly Scope[];
  readonly status?: number;
  /** The scopes of each entry of the role afterwards. */
  readonly holds: readonly (readonly Scope[])[];
}

const cases: Readonly<Record<string, readonly Case[]>> = {
  'the last scope of a role': [
    { reading: {}, held: [[here]], revoke: [here], holds: nowhere },
    { reading: { revokeLastScope: 'gone' }, held: [[here, there]], revoke: [here, there], holds: nowhere },
    { reading: { revokeLastScope: 'global' }, held: [[here]], revoke: [here], holds: [everywhere] },
    { reading: { revokeLastScope: 'global' }, held: [[here, there]], revoke: [here], holds: [[there]] },
    { reading: { revokeLastScope: 'refused' }, held: [[here]], revoke: [here], status: 400, holds: [[here]] },
    {
      reading: { revokeLastScope: 'global', newScopesIn: 'newEntry' },
      held: [[here], [there]],
      revoke: [here],
      holds: [[there]],
    },
    {
      reading: { revokeLastScope: 'global', newScopesIn: 'newEntry' },
      held: [[here], [there]],
      revoke: [here, there],
      holds: [everywhere],
    },
    { reading: { revokeLastScope: 'global' }, held: [[here], []], revoke: [here], holds: [everywhere] },
  ],
  'a revocation without scopes': [
    { reading: {}, held: [[here], []], revoke: [], holds: nowhere },
    { reading: {}, held: [[here]], revoke: [], holds: nowhere },
    { reading: { revokeEmptyScopes: 'globalOnly' }, held: [[here], []], revoke: [], holds: [[here]] },
    { reading: { revokeEmptyScopes: 'globalOnly' }, held: [[here]], revoke: [], holds: [[here]] },
    { reading: { revokeEmptyScopes: 'refused' }, held: [[]], revoke: [], status: 400, holds: [everywhere] },
  ],
  'what is not held': [
    { reading: {}, revoke: [here], holds: nowhere },
    { reading: {}, held: [[there]], revoke: [here], holds: [[there]] },
    { reading: { revokeNotHeld: 404 }, revoke: [here], status: 404, holds: nowhere },
    { reading: { revokeNotHeld: 400 }, revoke: [here], status: 400, holds: nowhere },
    { reading: { revokeNotHeld: 404 }, revoke: [], status: 404, holds: nowhere },
    { reading: { revokeNotHeld: 404 }, held: [[there]], revoke: [there, here], status: 404, holds: [[there]] },
    {
      reading: { revokeNotHeld: 400, revokeEmptyScopes: 'globalOnly' },
      held: [[there]],
      revoke: [],
      status: 400,
      holds: [[there]],
    },
  ],
  'a scope of a role that is held everywhere, revoked': [
    { reading: {}, held: [[]], revoke: [here], holds: [everywhere] },
    { reading: {}, held: [[here], []], revoke: [here], holds: [everywhere] },
    { reading: { revokeUnderGlobal: 400 }, held: [[]], revoke: [here], status: 400, holds: [everywhere] },
    { reading: { revokeUnderGlobal: 'narrow' }, held: [[]], revoke: [here], holds: nowhere },
    { reading: { revokeUnderGlobal: 'narrow' }, held: [[there], []], revoke: [here], holds: [[there]] },
  ],
  'a scope of a role that is held everywhere, assigned': [
    { reading: {}, held: [[]], assign: [here], holds: [everywhere, [here]] },
    { reading: { assignUnderGlobal: 'absorbed' }, held: [[]], assign: [here], holds: [everywhere] },
  ],
  'the same scope, assigned twice': [
    { reading: {}, held: [[here]], assign: [here], holds: [[here]] },
    { reading: {}, held: [[]], assign: [], holds: [everywhere] },
    { reading: { assignTwice: 'duplicate' }, held: [[here]], assign: [here], holds: [[here, here]] },
    { reading: { assignTwice: 'duplicate' }, held: [[]], assign: [], holds: [everywhere, everywhere] },
    { reading: { assignTwice: 'duplicate' }, held: [[here]], assign: [here], revoke: [here], holds: nowhere },
  ],
  'new scopes of a role': [
    { reading: {}, held: [[here]], assign: [there], holds: [[here, there]] },
    { reading: { newScopesIn: 'newEntry' }, held: [[here]], assign: [there], holds: [[here], [there]] },
    { reading: { newScopesIn: 'newEntry' }, held: [[here]], assign: [here], holds: [[here]] },
  ],
  'an empty scope': [
    { reading: {}, assign: [{}], status: 400, holds: nowhere },
    { reading: { emptyScope: 'treatedAsGlobal' }, assign: [{}], holds: [everywhere] },
    { reading: { emptyScope: 'treatedAsGlobal' }, assign: [{ siteUuid: '' }], holds: [everywhere] },
    { reading: { emptyScope: 'treatedAsGlobal' }, assign: [here, {}], holds: [[here]] },
  ],
  'a scope that is not there': [
    { reading: {}, assign: [{ siteUuid: msp }], status: 400, holds: nowhere },
    { reading: { unknownScope: 'accepted' }, assign: [{ siteUuid: msp }], holds: [[{ siteUuid: msp }]] },
  ],
  'a revocation where it is not offered': [
    { reading: { revokeOffered: false }, held: [[here]], revoke: [here], status: 404, holds: [[here]] },
  ],
};

describe.each(Object.entries(cases))('%s', (_, list) => {
  it.each(list)('is handled by $reading: held $held, assign $assign, revoke $revoke', async (wanted) => {
    const sandbox = await openSandbox({ subjects: 30, ...wanted.reading });
    for (const scopes of wanted.held ?? []) expect((await assign(sandbox, { scopes })).status).toBe(200);
    const answers = [
      ...(wanted.assign === undefined ? [] : [await assign(sandbox, { scopes: wanted.assign })]),
      ...(wanted.revoke === undefined ? [] : [await revoke(sandbox, { scopes: wanted.revoke })]),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => wanted.status ?? 200));
    expect(await holds(sandbox)).toEqual(wanted.holds);
    // Nothing but this role has changed.
    expect(await holds(sandbox, 'auditor')).toHaveLength(1);
  });
});

describe('a subject that nobody knows', () => {
  const wanted: Change = { subjectReference: 'somebody new', scopes: [here] };

  it('comes to exist where the reading says so, with the type that was said', async () => {
    const sandbox = await openSandbox({ subjects: 30, anySubject: true });
    await assign(sandbox, { ...wanted, subjectType: 'SUBJECT_TYPE_SERVICE' });
    await assign(sandbox, { ...wanted, subjectReference: 'another' });
    const { page } = await list(sandbox, { pageSize: 1000 });
    expect(page.totalSize).toBe('32');
    expect(page.assignments.slice(30)).toEqual([
      {
        subjectReference: 'somebody new',
        subjectType: 'SUBJECT_TYPE_SERVICE',
        roles: [{ roleName: 'helpdesk', scopes: [here] }],
      },
      { subjectReference: 'another', roles: [{ roleName: 'helpdesk', scopes: [here] }] },
    ]);
    expect((await list(sandbox, { pageSize: 1000, orderBy: 'subjectType desc' })).page.assignments).toHaveLength(32);
  });

  it('does not come to exist by a revocation', async () => {
    const sandbox = await openSandbox({ subjects: 30, anySubject: true });
    expect((await revoke(sandbox, wanted)).status).toBe(200);
    expect((await list(sandbox)).page.totalSize).toBe('30');
  });
});

it('can be changed while the sandbox runs', async () => {
  const sandbox = await openSandbox({ subjects: 30 });
  await assign(sandbox, { scopes: [here] });
  sandbox.control.configure({ revokeLastScope: 'global' });
  await revoke(sandbox, { scopes: [here] });
  expect(await holds(sandbox, 'helpdesk', subject)).toEqual([everywhere]);
});
