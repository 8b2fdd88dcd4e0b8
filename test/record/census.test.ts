import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountCensus } from '../../src/access/account-census.ts';
import { askCensusInMemory } from '../../src/access/census-in-memory.ts';
import type { ScopeTally } from '../../src/access/census/census.ts';
import { indexCensus } from '../../src/access/census/index-census.ts';
import type { ConnectionArgs, Slice } from '../../src/assignments/assignments.ts';
import { createSubject, type Scope, scopeKinds, type Subject } from '../../src/model/subject.ts';
import { databaseKinds, keep, type TestDatabases } from './support/databases.ts';
import { createChance, scopeOf } from './support/world.ts';

const asOfMs = Date.UTC(2026, 2, 1);
const roleNames = ['reader', 'Reader', 'owner', 'nul\0inside', 'emoji \u{1f600}', '\uffee'];
const groupOf = (number: number): string => `group-${number}`;

/** Subjects with everything that order and counting stumble over. Each holds something: who holds nothing is not recorded. */
const createSubjects = (seed: number, size: number): Subject[] => {
  const { below, pick } = createChance(seed);
  const uuid = (): string => pick(['a', 'b', 'c', '\u{1f600}', '\uffee', 'd']);
  const scope = (): Scope => {
    if (below(12) === 0) return scopeOf();
    if (below(6) === 0) return scopeOf(['siteUuid', uuid()], ['customerUuid', uuid()]);
    return scopeOf([pick(['customerUuid', 'siteUuid', 'deviceUuid', 'futureUuid', 'otherUuid']), uuid()]);
  };
  const types = ['SUBJECT_TYPE_USER', 'SUBJECT_TYPE_USER_GROUP', 'SUBJECT_TYPE_ROBOT'];
  return Array.from({ length: size }, (_, at) => {
    const rawType = pick(types);
    const reference =
      rawType === 'SUBJECT_TYPE_USER_GROUP' ? groupOf(at) : pick([`user-${at}`, `\uffee${at}`, `\u{1f600}${at}`]);
    const roles = [...new Set(Array.from({ length: 1 + below(3) }, () => pick(roleNames)))].map((name) => ({
      name,
      scopes: below(5) === 0 ? [] : Array.from({ length: 1 + below(3) }, scope),
    }));
    return createSubject(reference, rawType, roles);
  });
};

const membersOf = (group: string): string[] => [`user-${Number(group.slice(6)) + 1}`, `stranger-of-${group}`];

/** Who is in which group, and what stands above a place. */
const directory: Parameters<AccountCensus['access']>[3] & Parameters<AccountCensus['scopes']>[2]['directory'] = {
  allUsers: () =>
    Promise.resolve({
      resolution: 'FOUND',
      value: Array.from({ length: 24 }, (_, at) => groupOf(at)).flatMap((group) =>
        membersOf(group).map((uuid) => ({ uuid, userGroupUuids: [group] })),
      ),
    } as unknown as Awaited<ReturnType<Parameters<AccountCensus['access']>[3]['allUsers']>>),
  costOfAllUsers: () => undefined,
  membersOf: (group: string) =>
    Promise.resolve({
      resolution: 'FOUND',
      value: membersOf(group).map((uuid) => ({ uuid })),
    } as unknown as Awaited<ReturnType<Parameters<AccountCensus['access']>[3]['membersOf']>>),
  pathOf: () =>
    Promise.resolve({
      resolution: 'FOUND',
      value: { ancestors: [scopeOf(['customerUuid', 'a']), scopeOf(['siteUuid', 'nowhere'])], end: 'ROOT' },
    } as unknown as Awaited<ReturnType<Parameters<AccountCensus['access']>[3]['pathOf']>>),
  readMany: () =>
    Promise.resolve({
      nameOfScope: ({ uuid }: Scope) =>
        uuid === 'a' || uuid === 'd'
          ? { resolution: 'FOUND', value: { displayName: `called ${uuid}` } }
          : { resolution: 'MISSING' },
    } as unknown as Awaited<ReturnType<Parameters<AccountCensus['scopes']>[2]['directory']['readMany']>>),
};

/** All that a slice tells. */
const readSlice = async <Item>(slice: Slice<Item>, show: (item: Item) => unknown = (item) => item) => ({
  items: slice.items.map(show),
  cursors: slice.items.map((_, index) => slice.cursorAt(index)),
  hasNext: await slice.hasNextPage(),
  hasPrevious: await slice.hasPreviousPage(),
  total: await slice.totalCount(),
});

const shapeOf = ({ components, ...rest }: Scope): unknown => ({
  ...rest,
  components: components.map(({ field, uuid }) => `${field}=${uuid}`).sort(),
});
/** What a subject holds, however that is put into parts. */
const showSubject = ({ reference, rawType, roles }: Subject): unknown => [
  reference,
  rawType,
  [
    ...new Set(
      roles.flatMap(({ name, scopes }) =>
        scopes.length === 0 ? [name] : scopes.map((scope) => JSON.stringify([name, shapeOf(scope)])),
      ),
    ),
  ].sort(),
];

/** A list, whole and cut from both ends. */
const readList = async <Item>(
  read: (args: ConnectionArgs) => Promise<Slice<Item>>,
  show?: (item: Item) => unknown,
): Promise<unknown> => {
  const whole = await read({ first: 1000 });
  const middle = whole.items.length === 0 ? undefined : whole.cursorAt(Math.floor(whole.items.length / 2));
  return Promise.all(
    [{ first: 1000 }, { first: 2 }, { last: 3 }, { first: 3, after: middle }, { last: 2, before: middle }].map(
      async (args) => readSlice(await read(args), show),
    ),
  );
};

/** Every answer of a census. */
const askAll = async (census: AccountCensus, scopes: readonly Scope[]): Promise<unknown> => {
  const showScope = ({ scope, holderCount, roleCount }: ScopeTally): unknown => ({
    scope: shapeOf(scope),
    holderCount,
    roleCount,
  });
  const lists: Record<string, unknown> = {};
  for (const direction of ['ASC', 'DESC'] as const) {
    for (const field of ['NAME', 'HOLDERS'] as const) {
      lists[`roles ${field} ${direction}`] = await readList((args) =>
        census.roles({ orderBy: { field, direction }, nameContains: field === 'NAME' ? 'r' : undefined }, args),
      );
    }
    for (const kind of [undefined, ...scopeKinds]) {
      for (const field of ['HOLDERS', 'KIND_AND_NAME'] as const) {
        lists[`scopes ${kind} ${field} ${direction}`] = await readList(
          (args) => census.scopes({ kind, orderBy: { field, direction } }, args, { directory, taker: { owner: {} } }),
          showScope,
        );
      }
    }
  }
  for (const roleName of [...roleNames, 'nobody has it']) {
    for (const kind of [undefined, 'CUSTOMER'] as const) {
      lists[`where ${roleName} ${kind}`] = await readList(
        (args) => census.scopesOf({ roleName, kind }, args),
        ({ scope, holderCount }) => ({ scope: shapeOf(scope), holderCount }),
      );
    }
  }
  for (const scope of scopes) {
    for (const question of [
      {},
      { reasons: ['DIRECT'] },
      { reasons: ['GLOBAL', 'INHERITED'] },
      { roleName: 'owner', subjectType: 'USER' },
      { subjectType: 'USER_GROUP' },
    ] as const) {
      const { asOfMs: ofMs, gaps } = await census.access(scope, question, { first: 0 }, directory);
      const list = await readList(
        async (args) => (await census.access(scope, question, args, directory)).slice,
        showSubject,
      );
      const { slice, reasonsOf } = await census.access(scope, question, { first: 1000 }, directory);
      const reasons = slice.items.map((subject) =>
        reasonsOf(subject).map(({ kind, memberOf, path, scopedRole }) =>
          JSON.stringify([kind, memberOf, path.map(shapeOf), scopedRole.name]),
        ),
      );
      lists[`access ${JSON.stringify([shapeOf(scope), question])}`] = { ofMs, gaps, list, reasons };
    }
  }
  const matrices = [];
  for (const question of [
    { firstRoles: 3, firstScopes: 5 },
    { firstRoles: 50, firstScopes: 50, kind: 'SITE' },
    { firstRoles: 50, firstScopes: 50, roles: ['owner', 'nobody has it', 'nul\0inside', 'owner'] },
  ] as const) {
    const { scopes: shown, ...rest } = await census.matrix(question);
    matrices.push({ ...rest, scopes: shown.map(shapeOf) });
  }
  const { assignmentCount, globalAssignmentCount, subjectCount, subjectTypes, scopeKinds: kinds } = census;
  return {
    asOfMs: census.asOfMs,
    assignmentCount,
    globalAssignmentCount,
    subjectCount,
    subjectTypes,
    kinds,
    matrices,
    lists,
  };
};

describe.each(databaseKinds)('a census answered from $name', ({ isMissing, open }) => {
  let databases: TestDatabases;
  beforeAll(async () => {
    if (!isMissing) databases = await open();
  }, 120_000);
  afterAll(() => databases?.close());

  it.skipIf(isMissing).each([1, 2])(
    'answers every question as one in memory does, and as of the last one (seed %i)',
    async (seed) => {
      const record = keep(await databases.make());
      try {
        expect(await record.census()).toBeUndefined();
        for (const round of [0, 1]) {
          const subjects = createSubjects(seed * 10 + round, 24);
          const memory = await indexCensus({
            pages: [{ items: subjects, pageSize: 1000, fetchedAtMs: 0, bodyBytes: 0 }],
            oldestAtMs: asOfMs + round,
          });
          await record.record(memory);
          const stored = await record.census();
          if (stored === undefined) throw new Error('nothing is recorded');
          const scopes = [0, 3, 7].map((index) => memory.scopeAt(index).scope);
          const [expected, answered] = [await askAll(askCensusInMemory(memory), scopes), await askAll(stored, scopes)];
          expect(answered).toEqual(expected);
          expect(await record.census()).toBe(stored);
        }
      } finally {
        await record.close();
      }
    },
    60_000,
  );

  it.skipIf(isMissing)('says what to do where it cannot answer', async () => {
    const record = keep(await databases.make());
    try {
      const [subject] = createSubjects(1, 1);
      if (subject === undefined) throw new Error('there is one');
      await record.record({ asOfMs, subjects: [subject] });
      const stored = await record.census();
      expect(() => stored?.whole('findings')).toThrow(/does not tell findings\. Take an export of the account/);
    } finally {
      await record.close();
    }
  });
});
