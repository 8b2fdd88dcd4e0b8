import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignmentsKeptIn, assignmentsOver } from '../open-assignments.ts';
import type { ConnectionArgs, Slice, SubjectsQuestion } from '../../../src/assignments/assignments.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import type { SubjectPageSource } from '../../../src/model/subject-list.ts';
import type { Scope, Subject } from '../../../src/model/subject.ts';
import { createSubjectCache, type SubjectCache } from '../../pages/subject-cache.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { createUpstream, type Upstream } from '../../../src/upstream/client.ts';
import { listRoleAssignments } from '../../../src/upstream/endpoints/role-assignments.ts';
import { createOperation } from '../../pages/operations.ts';
import { answerTo } from '../worlds.ts';

let sandbox: Sandbox;
let upstream: Upstream;
let source: SubjectPageSource;
/** Everybody, as pages of 1000 list them, without and with nested scopes. */
let everybody: { readonly plain: readonly Subject[]; readonly nested: readonly Subject[] };

const operation = () => ({
  ...createOperation({ maxCalls: 1000, deadlineMs: Infinity }),
  caller: { credentialKey: 'admin', bearerToken: sandbox.adminToken, reference: null },
});

beforeAll(async () => {
  sandbox = await createSandbox({ subjects: 400, rateLimit: false });
  upstream = createUpstream({
    addresses: { identity: sandbox.url },
    auth: { mode: 'passthrough' },
    rateLimitPerSecond: 100_000,
    attemptTimeoutMs: 60_000,
    maxBodyBytes: 2 ** 26,
    maxWaitingPerCaller: 100,
    maxConnections: 4,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });
  source = upstream.list(listRoleAssignments);
  const read = async (includeNestedScopes: boolean) => {
    const page = await source.fetchPage({ question: { includeNestedScopes }, pageSize: 1000 }, operation());
    return page.items;
  };
  everybody = { plain: await read(false), nested: await read(true) };
  expect(everybody.plain).toHaveLength(400);
});
afterAll(async () => {
  await upstream.close();
  await sandbox.close();
});

/** Questions that the made-up world has answers to. */
const questions = fc
  .record({
    subject: fc.nat(399),
    role: fc.nat(5),
    by: fc.subarray(['reference', 'type', 'name', 'scope', 'global'] as const),
    order: fc.constantFrom<SubjectsQuestion['orderBy']>(
      [],
      [{ field: 'REFERENCE', direction: 'DESC' }],
      [
        { field: 'TYPE', direction: 'ASC' },
        { field: 'REFERENCE', direction: 'ASC' },
      ],
    ),
    includeNestedScopes: fc.boolean(),
  })
  .map(({ subject: at, role: roleAt, by, order, includeNestedScopes }) => {
    const subject = everybody.plain[at] as Subject;
    const role = subject.roles[roleAt % Math.max(1, subject.roles.length)];
    const name = by.includes('name') ? role?.name : undefined;
    const components = by.includes('scope') ? role?.scopes[0]?.components : undefined;
    const filter = {
      ...(name !== undefined && { name }),
      ...(components !== undefined && { scopes: [components] }),
      ...(by.includes('global') && { includeGlobal: true }),
    };
    return {
      // One subject alone is asked for now and then only: there is little to page in it.
      ...(by.length === 1 && by[0] === 'reference' && { reference: subject.reference }),
      ...(by.includes('type') && { type: subject.type }),
      ...((name !== undefined || components !== undefined) && { role: filter }),
      orderBy: order,
      includeNestedScopes,
    } satisfies SubjectsQuestion;
  });

const describeSubject = ({ reference, rawType, roles }: Subject) =>
  `${reference} ${rawType} ${roles.map(({ name, scopes }) => name + JSON.stringify(scopes.map(describeScope))).join(' ')}`;

/** Scopes of kept pages have their components behind a getter, which JSON leaves out. */
const describeScope = ({ kind, uuid, components }: Scope) => ({ kind, uuid, components });

const openCache = (): SubjectCache =>
  createSubjectCache({ source, clock: systemClock, ttlMs: 60_000, maxBytes: 2 ** 26 });

describe.each([
  { pages: 'full', pageShape: 'full', isKept: false },
  { pages: 'short and empty', pageShape: { seed: 7 }, isKept: false },
  { pages: 'short, empty and kept', pageShape: { seed: 8 }, isKept: true },
] as const)('a list read from a sandbox in pages that are $pages', ({ pageShape, isKept }) => {
  it('is what one page of everybody says, forwards and backwards', async () => {
    let edges = 0;
    sandbox.control.configure({ pageShape });
    const page = fc.integer({ min: 5, max: 300 });
    await fc.assert(
      fc.asyncProperty(questions, page, page, fc.integer({ min: 1, max: 12 }), async (asked, first, last, steps) => {
        const cache = isKept ? openCache() : undefined;
        const assignments = cache === undefined ? assignmentsOver(source) : assignmentsKeptIn(cache);
        const list = (args: ConnectionArgs) => assignments.forOperation(operation()).list(asked, args);
        const answer = answerTo(asked.includeNestedScopes ? everybody.nested : everybody.plain, asked).map(
          describeSubject,
        );

        let slice: Slice<Subject> = await list({ first });
        const forwards = slice.items.map(describeSubject);
        for (let step = 1; step < steps && (await slice.hasNextPage()); step++) {
          slice = await list({ first, after: slice.endCursor() });
          forwards.push(...slice.items.map(describeSubject));
        }
        expect(forwards).toEqual(answer.slice(0, steps * first));
        expect(await slice.hasNextPage()).toBe(forwards.length < answer.length);
        expect(await slice.totalCount()).toBe(answer.length);

        const backwards = slice.items.map(describeSubject);
        for (let step = 0; step < steps && (await slice.hasPreviousPage()); step++) {
          slice = await list({ last, before: slice.startCursor() });
          backwards.unshift(...slice.items.map(describeSubject));
        }
        expect(backwards).toEqual(forwards.slice(-backwards.length || forwards.length));
        expect(await slice.hasPreviousPage()).toBe(backwards.length < forwards.length);
        edges += forwards.length + backwards.length;
        cache?.close();
      }),
      { numRuns: 40 },
    );
    expect(edges).toBeGreaterThan(1000);
  });
});
