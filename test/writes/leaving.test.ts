import { afterEach, expect, it } from 'vitest';
import { alice, createWriteHarness, type WriteHarness } from './world.ts';

let harness: WriteHarness;
afterEach(() => harness.close());

/** Takes roles away, and goes while the first of these writes is under way. */
const revokeAndLeave = async (...roles: readonly string[]): Promise<void> => {
  const leaving = new AbortController();
  const changes = roles.map(
    (roleName) =>
      `{ subject: { reference: "${alice}", type: USER }, roleName: "${roleName}", at: { scopes: [{ customerUuid: "one" }] } }`,
  );
  harness.sandbox.control.setFaults([{ method: 'POST', count: 1, delayMs: 100 }]);
  harness.clock.after(50, () => leaving.abort());
  const asked = harness.gateway.execute({
    query: `mutation { revokeRoles(input: { changes: [${changes.join()}] }) { results { status } } }`,
    headers: { authorization: `Bearer ${harness.sandbox.adminToken}` },
    signal: leaving.signal,
  });
  await harness.clock.run(asked);
  await harness.clock.pass(20_000);
};
const audited = (): object[] => harness.lines.filter(({ message }) => message === 'change');

it('whoever goes away leaves no change unsettled or untold, and no other is begun', async () => {
  harness = await createWriteHarness({ auditor: ['one', 'two'], viewer: ['one', 'two'] });
  await revokeAndLeave('auditor', 'viewer');
  expect(harness.calls()).toEqual(['read 200', 'revoke 200', 'read 200']);
  expect(audited()).toMatchObject([{ kind: 'revoke', status: 'CHANGED', role: 'auditor' }]);
  expect(await harness.held()).toEqual({ auditor: ['two'], viewer: ['one', 'two'] });
});

it.each([
  ['at the first attempt', []],
  ['at the second one, where the answer to the first was lost', [{ status: 502 }]],
])('whoever goes away leaves no role global that was not: it is put right %s', async (_, losses) => {
  harness = await createWriteHarness({ auditor: ['one'] }, { sandbox: { revokeLastScope: 'global' } });
  harness.clock.after(60, () => {
    const losing = losses.map((loss) => ({ method: 'POST', count: 1, ...loss }));
    harness.sandbox.control.setFaults(losing);
  });
  await revokeAndLeave('auditor');
  const writes = harness.calls().filter((call) => call.startsWith('revoke'));
  expect(writes).toEqual(['revoke 200', ...losses.map(({ status }) => `revoke ${status}`), 'revoke 200']);
  expect(audited()).toMatchObject([{ status: 'CHANGED', code: 'UPSTREAM_ERROR' }]);
  expect(await harness.held()).toEqual({});
});
