import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { emptyDirectory } from '../record/support/databases.ts';
import type { RunningGateway, RunningGatewayOptions } from '../support/running-gateway.ts';
import type { ConsolePage } from './pages.ts';
import { runConsole } from './running-console.ts';

/** Alice of the sandbox's world. */
export const alice = 'b2b4541d-2402-4b0a-8dbf-f9e6069d416b';
/** The other customer of ESET's example. */
export const otherCustomer = 'ff572f63-8965-47da-9d9d-cb994dc9da10';

/** The pages and tabs of a record that holds changes of these two. */
export const recordPagesOf = async (gateway: RunningGateway): Promise<readonly ConsolePage[]> => {
  const { data } = await gateway.ask<
    { subject: { id: string }; scope: { id: string }; record: { latest: string } },
    object
  >(
    `{ subject(reference: "${alice}") { id } scope(by: { customerUuid: "${otherCustomer}" }) { id } record { latest } }`,
  );
  if (data === undefined) throw new Error('the record has lost its changes');
  const { subject, scope, record } = data;
  return [
    { name: 'changes', path: '/changes', says: 'granted' },
    { name: 'changes-none', path: '/changes?until=2001-01-01', says: 'Nothing of this kind has changed' },
    { name: 'changes-then', path: `/changes?view=then&time=${record.latest}`, says: 'Names are those of today' },
    { name: 'changes-then-empty', path: '/changes?view=then', says: 'Choose a day' },
    { name: 'changes-before', path: '/changes?view=then&time=2001-01-01T00:00:00Z', says: 'Try again' },
    { name: 'subject-history', path: `/subjects/${subject.id}?tab=history`, says: 'granted' },
    { name: 'scope-history', path: `/scopes/${scope.id}?tab=history`, says: 'granted' },
  ];
};

/** A gateway with the console that keeps a record, in a directory of its own. */
export interface RecordingConsole extends RunningGateway {
  /** Gives a subject a role at the other customer, or takes it away. */
  change(what: 'assign' | 'revoke', roleName: string, reference?: string): Promise<void>;
  /** Some changes, one census after another, for there to be something to look at. */
  changeSome(): Promise<void>;
  /** Waits until the record holds this many changes. */
  recorded(count: number): Promise<void>;
}

export const runRecordingConsole = async (
  consoleFolder: string,
  { settings, ...options }: RunningGatewayOptions = {},
): Promise<RecordingConsole> => {
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-record-'));
  cpSync(await emptyDirectory(), join(folder, 'record'), { recursive: true });
  const gateway = await runConsole(consoleFolder, {
    ...options,
    settings: { record: `file:${join(folder, 'record')}`, censusEveryMs: 500, writeSettleMs: 100, ...settings },
  });
  const count = async (): Promise<number | undefined> => {
    const { data } = await gateway.ask<{ record: { changes: { totalCount: number } } | null }, object>(
      '{ record { changes(first: 0) { totalCount } } }',
    );
    return data?.record?.changes.totalCount;
  };
  // Also for a script without vitest, whose own polling would need it.
  const recorded = async (changes: number): Promise<void> => {
    for (let tries = 0; (await count()) !== changes; tries++) {
      if (tries === 300) throw new Error(`the record has ${await count()} changes, not ${changes}`);
      await pause(100);
    }
  };
  await recorded(0);
  const change: RecordingConsole['change'] = async (what, roleName, reference = alice) => {
    const { data, errors } = await gateway.ask<{ done: { results: readonly { status: string }[] } }, object>(
      `mutation ($input: RoleChangesInput!) { done: ${what}Roles(input: $input) { results { status } } }`,
      {
        input: {
          changes: [
            {
              subject: { reference, type: 'USER' },
              roleName,
              at: { scopes: [{ customerUuid: otherCustomer }] },
            },
          ],
        },
      },
    );
    if (data?.done.results[0]?.status !== 'CHANGED')
      throw new Error(`nothing changed: ${JSON.stringify(errors ?? data)}`);
  };
  return {
    ...gateway,
    recorded,
    change,
    async changeSome() {
      const before = (await count()) ?? 0;
      await change('assign', 'auditor');
      await recorded(before + 1);
      await change('revoke', 'auditor');
      await recorded(before + 2);
      await change('assign', 'security.viewer');
      await recorded(before + 3);
    },
    async close() {
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
