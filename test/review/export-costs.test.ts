import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'csv-parse/sync';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import '../../src/sandbox/domains/directory.ts';
import '../../src/sandbox/world/directory/made-up-directory.ts';
import { namedWorld, uuidOf } from '../directory/named-world.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createExporter, type Exporter } from './exported.ts';

const isMissing = (index: number): boolean => index % 20 === 7;
const missing = Array.from({ length: 2500 }, (_, index) => index).filter(isMissing);

/** 2500 users and 2500 devices by turns, of whom one in twenty is in no directory. */
const world = () =>
  namedWorld({
    users: 2500,
    devices: 2500,
    missingUsers: missing,
    directory: {
      devices: Array.from({ length: 2500 }, (_, index) => index)
        .filter((index) => !isMissing(index))
        .map((index) => ({ uuid: uuidOf('device', index), displayName: `Device ${index}` })),
    },
  });

describe('what an export costs', () => {
  let sandbox: Sandbox | undefined;
  let exporter: Exporter | undefined;
  afterEach(async () => {
    await exporter?.close();
    await sandbox?.close();
    exporter = sandbox = undefined;
  });

  const calls = (): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { path } of sandbox?.transcript() ?? []) counts[path] = (counts[path] ?? 0) + 1;
    sandbox?.clearTranscript();
    return counts;
  };

  const expectAllNames = (text: string): void => {
    const rows: Record<string, string>[] = parse(text, { columns: true });
    expect(rows).toHaveLength(5000);
    const wrong = rows.filter(({ subject_type, subject_reference, subject_name }) => {
      const index = Number.parseInt(subject_reference?.slice(-12) ?? '', 16);
      const name = subject_type === 'USER' ? `User ${index}` : `Device ${index}`;
      return subject_name !== (isMissing(index) ? '' : name);
    });
    expect(wrong).toEqual([]);
  };

  it('is one reading of each list that it needs, where it is going to need most of it', async () => {
    sandbox = await createSandbox({ world: world(), rateLimit: false, fairUse: false });
    exporter = createExporter(sandbox);
    expectAllNames((await exporter.run()).text);
    expect(calls()).toEqual({
      '/v2/role-assignments': 5,
      '/v1/users': 3,
      '/v1/devices': 3,
      '/v1/device_groups': 1,
    });
    // What was read is kept, but for who has which role.
    expectAllNames((await exporter.run({ format: 'csv' })).text);
    expect(calls()).toEqual({ '/v2/role-assignments': 5 });
  });

  it('is what batches cost where lists must not be walked, and no name less', async () => {
    sandbox = await createSandbox({ world: world(), rateLimit: false, fairUse: false });
    exporter = createExporter(sandbox, { maxWalkCalls: 1 });
    const { text, pages } = await exporter.run();
    expectAllNames(text);
    expect(pages.at(-1)?.untoldNames).toBe(0);
    expect(calls()).toMatchObject({ '/v2/role-assignments': 5 });
  });

  it('is one batch for an export of one page', async () => {
    sandbox = await createSandbox({
      world: namedWorld({
        users: 500,
        directory: { users: [...Array(5000).keys()].map((index) => ({ uuid: uuidOf('user', index) })) },
      }),
      rateLimit: false,
      fairUse: false,
    });
    exporter = createExporter(sandbox);
    await exporter.run();
    expect(calls()).toEqual({ '/v2/role-assignments': 1, '/v1/users:batchGetUsers': 1, '/v1/device_groups': 1 });
  });

  it('leaves the members of a group time of their own, however slowly rows are read', async () => {
    const clock = createManualClock();
    const groups = Array.from({ length: 3 }, (_, index) => ({
      subjectReference: uuidOf('other', index),
      subjectType: 'SUBJECT_TYPE_USER_GROUP',
      // More rows than are written at once.
      roles: Array.from({ length: 300 }, (_role, role) => ({ roleName: `role ${role}`, scopes: [] })),
    }));
    sandbox = await createSandbox({
      clock,
      rateLimit: false,
      fairUse: false,
      faults: [{ domain: 'users', delayMs: 100 }],
      world: namedWorld({
        subjects: groups,
        directory: {
          users: groups.map(({ subjectReference }, index) => ({
            uuid: uuidOf('user', index),
            userGroupUuids: [subjectReference],
          })),
        },
      }),
    });
    exporter = createExporter(sandbox, { clock });
    const pieces = exporter.open({ effective: true, names: false }).pieces[Symbol.asyncIterator]();
    let text = '';
    for (;;) {
      const next = await clock.run(pieces.next());
      if (next.done === true) break;
      if (next.value.kind === 'text') text += next.value.text;
      // Longer than a page and its names may take.
      clock.advance(200_000);
    }
    const rows: Record<string, string>[] = parse(text, { columns: true });
    expect(rows).toHaveLength(2 * 3 * 300);
    expect(rows.filter(({ via_group }) => via_group !== '')).toHaveLength(3 * 300);
  });
});
