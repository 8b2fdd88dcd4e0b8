import { beforeEach, describe, expect, it } from 'vitest';
import { assignmentsKeptIn, assignmentsOver } from '../open-assignments.ts';
import type { Assignments } from '../../../src/assignments/assignments.ts';
import type { SubjectKey } from '../../../src/model/subject-list.ts';
import { createSubject } from '../../../src/model/subject.ts';
import { createSubjectCache } from '../../pages/subject-cache.ts';
import { type ArraySource, createArraySource, subjectAt, subjectsUpTo } from '../../pages/array-source.ts';
import { createOperation, type OperationWishes } from '../../pages/operations.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { compareSubjectsByContent } from '../../support/equal-subjects.ts';

compareSubjectsByContent();

let source: ArraySource;
let clock: ReturnType<typeof createManualClock>;

beforeEach(() => {
  clock = createManualClock();
  source = createArraySource({ subjects: subjectsUpTo(3000), clock });
});

const keyOf = (reference: string, rawType?: string): SubjectKey => ({
  reference,
  includeNestedScopes: false,
  ...(rawType !== undefined && { rawType }),
});

const findIn = (assignments: Assignments) => (key: SubjectKey) => assignments.find(key);

const withCache = () => {
  const cache = createSubjectCache({ source, clock, ttlMs: 30_000, maxBytes: 2 ** 28 });
  return assignmentsKeptIn(cache);
};

describe.each([
  ['with kept pages', withCache],
  ['without', () => assignmentsOver(source)],
])('a lookup %s', (_, open) => {
  const openAssignments = (wishes: OperationWishes = {}) => open().forOperation(createOperation(wishes));

  it('is made once for equal keys, however often and whenever they are asked for in an operation', async () => {
    const find = findIn(openAssignments());
    const key = keyOf('reference-7');
    const [one, other] = await Promise.all([find(key), find({ ...key })]);
    expect(one).toEqual(subjectAt(7));
    expect(other).toBe(one);
    expect(await find(key)).toBe(one);
    expect(source.transcript).toEqual(['reference-7 start']);
  });

  it('is planned with all that are asked for at the same time, also a promise later', async () => {
    const find = findIn(openAssignments());
    const found = await Promise.all(
      Array.from({ length: 500 }, async (_each, index) => {
        if (index % 2 === 0) await Promise.resolve();
        return find(keyOf(`reference-${index * 6}`));
      }),
    );
    expect(found).toEqual(Array.from({ length: 500 }, (_each, index) => subjectAt(index * 6)));
    expect(source.transcript).toHaveLength(3);
  });

  it('tells keys apart that look alike', async () => {
    const device = createSubject('a', 'SUBJECT_TYPE_DEVICE', []);
    source.subjects = [device];
    const find = findIn(openAssignments());
    const keys = [keyOf('a'), keyOf('a', 'SUBJECT_TYPE_DEVICE'), keyOf('a', 'SUBJECT_TYPE_USER')];
    expect(await Promise.all(keys.map(find))).toEqual([device, device, null]);
    expect(await find({ ...keyOf('a'), includeNestedScopes: true })).toEqual(device);
  });

  it.each([
    ['empty', ''],
    ['longer than upstream takes', 'x'.repeat(101)],
  ])('of a reference that is %s is refused, alone and without a call', async (_each, reference) => {
    const find = findIn(openAssignments());
    const [refused, found] = await Promise.allSettled([find(keyOf(reference)), find(keyOf('reference-1'))]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'BAD_USER_INPUT' } });
    expect(found).toMatchObject({ status: 'fulfilled', value: subjectAt(1) });
    expect(source.transcript).toEqual(['reference-1 start']);
  });

  it('takes what a list of the same operation has read', async () => {
    const assignments = openAssignments();
    const find = findIn(assignments);
    await assignments.list({ orderBy: [], includeNestedScopes: false }, { first: 1000 });
    expect(await find(keyOf('reference-999'))).toEqual(subjectAt(999));
    expect(source.transcript).toEqual(['list start 1000']);
  });

  it('takes what the operation has read itself where it bypasses what others have', async () => {
    const assignments = open();
    const ask = async (wishes: OperationWishes) => {
      const find = findIn(assignments.forOperation(createOperation(wishes)));
      for (const [from, to] of [
        [0, 400],
        [400, 800],
      ] as const) {
        await Promise.all(
          Array.from({ length: to - from }, (_each, index) => find(keyOf(`reference-${from + index}`))),
        );
      }
    };
    await ask({});
    source.transcript.length = 0;
    await ask({ bypassCache: true });
    expect(source.transcript).toEqual(['list start 1000']);
  });

  it('of nobody knows nothing that a lookup of somebody has told', async () => {
    const assignments = open();
    await assignments.forOperation(createOperation()).find(keyOf('reference-1'));
    source.subjects = [];
    const find = findIn(assignments.forOperation(createOperation({ credentialKey: null })));
    expect(await find(keyOf('reference-1'))).toBeNull();
  });
});
