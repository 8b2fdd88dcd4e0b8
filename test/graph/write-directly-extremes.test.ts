import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RolesInBytes } from '../../src/graph/assignments/roles-in-bytes.ts';
import { RolesWriter } from '../../src/graph/assignments/roles-writer.ts';
import { writeTypeDirectly } from '../../src/graph/assignments/write-directly.ts';
import { createGateway, createSandbox } from '../../src/index.ts';
import { createSubject } from '../../src/model/subject.ts';
import { AnswerMeter } from '../../src/operations/executor/answer-meter.ts';
import { JsonWriter } from '../../src/operations/executor/json-writer.ts';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import { scanAssignments } from '../../src/upstream/scanned/scan-assignments.ts';
import { ScannedSubject } from '../../src/upstream/scanned/scanned-subject.ts';
import { addressesOf } from '../support/addresses-of.ts';

const fewest = '{ nodes { name isGlobal scopes { nodes { kind uuid } } } }';
const inSubjects = (roles: string): string => `query Q { subjects { nodes { id reference type roles${roles} } } }`;

/** Gives subjects to `use`, with what answers of which of them the roles were written past the resolvers. */
const withSubjects = async (
  subjects: readonly { readonly roles: readonly object[] }[],
  use: (whichWrite: (query: string) => Promise<boolean[]>) => Promise<void>,
): Promise<void> => {
  const named = subjects.map((subject, index) => ({ subjectReference: `s${index}`, subjectType: '', ...subject }));
  const own = await createSandbox({ world: parseWorld({ subjects: named }), rateLimit: false, fairUse: false });
  const settings = { port: 0, ...addressesOf(own), cacheTtlMs: 0 };
  const gateways = [true, false].map((queryPlans) => createGateway({ ...settings, queryPlans }));
  const headers = { authorization: `Bearer ${own.adminToken}` };
  const whichWrite = async (query: string) => {
    const writing = vi.spyOn(RolesWriter.prototype, 'write');
    const making = vi.spyOn(ScannedSubject.prototype, 'roles', 'get');
    const [answered, expected] = await Promise.all(
      gateways.map((gateway) => gateway.execute({ query, operationName: 'Q', headers })),
    );
    expect(JSON.stringify(answered)).toContain('roles');
    expect(JSON.stringify(answered)).toBe(JSON.stringify(expected));
    const which = writing.mock.results.map(({ value }) => value !== undefined);
    // The page was looked through: nothing was made of those that were written.
    if (which.length > 0) expect(making.mock.calls.length > 0).toBe(which.includes(false));
    vi.restoreAllMocks();
    return which;
  };
  try {
    await use(whichWrite);
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await own.close();
  }
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('roles of a subject that has many', () => {
  it('are made of who has so many that looking back costs more, where cursors are asked for', async () => {
    const roles = [...Array(17).keys()].map((index) => ({
      roleName: `role ${index % 3}`,
      scopes: [{ siteUuid: `s ${index}` }],
    }));
    await withSubjects([{ roles }, { roles: roles.slice(1) }], async (whichWrite) => {
      const query = inSubjects('{ edges { cursor node { id name scopes { edges { cursor node { id } } } } } }');
      expect(await whichWrite(query)).toEqual([false, true]);
      expect(await whichWrite(inSubjects(fewest))).toEqual([true, true]);
    });
  });

  it('are left to the executor, which does it in turns, where others would have to wait too long', async () => {
    const scopes = [...Array(900).keys()].map((index) => ({ siteUuid: `s ${index}` }));
    const subjects = [5, 2, 1, 0].map((count) => ({
      roles: [...Array(count).keys(), 'a', 'b', 'c', 'd'].map((index) => ({
        roleName: `role ${index}`,
        scopes: typeof index === 'number' ? scopes : scopes.slice(0, 1),
      })),
    }));
    await withSubjects(subjects, async (whichWrite) => {
      const inScopes = (fields: string) => inSubjects(`{ nodes { scopes(first: 1000) { ${fields} } } }`);
      expect(await whichWrite(inScopes('nodes { uuid kind }'))).toEqual([false, true, true, true]);
      expect(await whichWrite(inScopes('edges { cursor }'))).toEqual([false, false, true, true]);
      expect(await whichWrite(inScopes('nodes { id }'))).toEqual([false, false, true, true]);
      expect(await whichWrite(inSubjects('{ nodes { id isGlobal } edges { cursor } }'))).toEqual([]);
      expect(await whichWrite(inSubjects('{ edges { cursor node { id isGlobal } } }'))).toEqual(Array(4).fill(true));
    });
  });
});

describe('what upstream may leave out, and what is very long', () => {
  it.each([
    ['a subject whose first role has nothing', [{ roles: [{}, { roleName: 'r', scopes: [{}] }] }, {}]],
    ['names of more than 512 letters', [{ subjectReference: 'x'.repeat(600), roles: [{ roleName: 'y'.repeat(900) }] }]],
  ])('are written as parsed ones would be, though the sandbox sends none such: %s', async (_what, assignments) => {
    const upstream = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ assignments }));
    });
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const gateways = [true, false].map((queryPlans) =>
      createGateway({ port: 0, upstreamUrl, cacheTtlMs: 0, queryPlans }),
    );
    const writing = vi.spyOn(RolesWriter.prototype, 'write');
    const making = vi.spyOn(ScannedSubject.prototype, 'roles', 'get');
    const naming = vi.spyOn(RolesInBytes.prototype, 'writeName');
    try {
      const query = inSubjects(
        '{ edges { cursor node { id name scopes { edges { cursor node { id kind uuid } } } } } }',
      );
      const headers = { authorization: 'Bearer any' };
      const [answered, expected] = await Promise.all(
        gateways.map((gateway) => gateway.execute({ query, operationName: 'Q', headers })),
      );
      expect(JSON.stringify(answered)).toContain('roles');
      expect(JSON.stringify(answered)).toBe(JSON.stringify(expected));
      expect(writing.mock.results.map(({ value }) => typeof value)).toEqual(assignments.map(() => 'number'));
      expect(making).not.toHaveBeenCalled();
      expect(naming).toHaveBeenCalled();
    } finally {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      upstream.closeAllConnections();
      upstream.close();
    }
  });
});

describe('the type of a subject', () => {
  it.each([
    ['SUBJECT_TYPE_DEVICE', '"DEVICE"'],
    ['SUBJECT_TYPE_ROBOT', '"UNKNOWN"'],
    ['', '"UNSPECIFIED"'],
  ])('is written as what it is read as where the subject stands in bytes: %s, %s', (subjectType, written) => {
    const [subject] = scanAssignments(Buffer.from(JSON.stringify({ assignments: [{ subjectType }] })))?.items ?? [];
    const out = new JsonWriter(64, new AnswerMeter({ maxObjects: 1, maxBytes: 64 }));
    expect(writeTypeDirectly()(createSubject('a', subjectType, []), out)).toBeUndefined();
    expect(writeTypeDirectly()(subject, out)).toBe(0);
    expect(Buffer.from(out.finish()).toString()).toBe(written);
  });
});
