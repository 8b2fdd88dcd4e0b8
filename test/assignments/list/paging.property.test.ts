import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assignmentsKeptIn, assignmentsOver } from '../open-assignments.ts';
import { createLister } from '../../../src/assignments/list/list.ts';
import { createWholeList } from '../../../src/assignments/list/whole-list.ts';
import type { ConnectionArgs, Assignments, Slice, SubjectsQuestion } from '../../../src/assignments/assignments.ts';
import { GatewayError } from '../../../src/model/errors.ts';
import type { Operation } from '../../../src/model/operation.ts';
import type { Subject } from '../../../src/model/subject.ts';
import { createTurns } from '../../../src/platform/turns.ts';
import { createSubjectCache, openUncached } from '../../pages/subject-cache.ts';
import { createOperation } from '../../pages/operations.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createModelSource, type ModelSource } from '../../support/model-source.ts';
import { answerTo, pageShape, question, world } from '../worlds.ts';

/** One request of a client: a count from one end, between cursors that it has seen. */
interface Step {
  readonly from: 'first' | 'last';
  readonly count: number;
  /** Which of the cursors seen so far, as a fraction; undefined: none. */
  readonly after: number | undefined;
  readonly before: number | undefined;
}

const count = fc.oneof({ weight: 8, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.constantFrom(50, 1000) });
const cursorChoice = (weight: number) =>
  fc.option(fc.double({ min: 0, max: 0.999, noNaN: true }), { nil: undefined, freq: weight });
const step: fc.Arbitrary<Step> = fc.record({
  from: fc.constantFrom('first', 'last'),
  count,
  after: cursorChoice(3),
  before: cursorChoice(1),
});

/** Cursors that were given, with the index in the whole answer of the edge that they are of. */
class SeenCursors {
  readonly #seen: [string, number][] = [];

  add(cursor: string, index: number): void {
    this.#seen.push([cursor, index]);
  }

  pick(fraction: number | undefined): [string, number] | undefined {
    return fraction === undefined ? undefined : this.#seen[Math.floor(fraction * this.#seen.length)];
  }
}

/** Takes the step and compares everything that the slice tells with the plain list. */
const takeStep = async (
  list: (args: ConnectionArgs) => Promise<Slice<Subject>>,
  answer: readonly Subject[],
  { from, count, after, before }: Step,
  seen: SeenCursors,
): Promise<Slice<Subject>> => {
  const [afterCursor, afterIndex = -1] = seen.pick(after) ?? [];
  const [beforeCursor, beforeIndex = answer.length] = seen.pick(before) ?? [];
  const slice = await list({ [from]: count, after: afterCursor, before: beforeCursor });

  const min = afterIndex + 1;
  const max = Math.max(min, beforeIndex);
  const start = from === 'first' ? min : Math.max(min, max - count);
  const end = from === 'first' ? Math.min(max, min + count) : max;
  expect(slice.items.map(describeSubject)).toEqual(answer.slice(start, end).map(describeSubject));

  const hasBefore =
    start < end ? start > 0 : from === 'first' ? min > 0 : Math.max(min, Math.min(max, beforeIndex)) > 0;
  const hasAfter =
    start < end
      ? end < answer.length
      : from === 'first'
        ? Math.min(min, beforeIndex) < answer.length
        : beforeIndex < answer.length;
  expect(await slice.hasPreviousPage()).toBe(hasBefore);
  expect(await slice.hasNextPage()).toBe(hasAfter);
  await expectTotal(slice, answer.length);

  const cursors = slice.items.map((_, index) => slice.cursorAt(index));
  cursors.forEach((cursor, index) => seen.add(cursor, start + index));
  expect(slice.startCursor()).toBe(cursors[0] ?? null);
  expect(slice.endCursor()).toBe(cursors.at(-1) ?? null);
  return slice;
};

/** The total is exact, or refused for want of memory and nothing else. */
const expectTotal = async (slice: Slice<Subject>, total: number): Promise<void> => {
  try {
    expect(await slice.totalCount()).toBe(total);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error.message).toContain('ROLESCOPE_CACHE_MAX_BYTES');
    refusedTotals++;
  }
};

const describeSubject = ({ reference, rawType, roles }: Subject) =>
  `${reference} ${rawType} ${roles.map(({ name, scopes }) => name + JSON.stringify(scopes)).join(' ')}`;

let refusedTotals = 0;

type OpenList = (operation: Operation) => Assignments['list'];

const keepPages =
  (maxBytes: number) =>
  (model: ModelSource): OpenList => {
    const cache = createSubjectCache({ source: model, clock: createManualClock(), ttlMs: Infinity, maxBytes });
    const assignments = assignmentsKeptIn(cache);
    return (operation) => (question, args) => assignments.forOperation(operation).list(question, args);
  };

const sources: Record<string, (model: ModelSource) => OpenList> = {
  'upstream alone': (source) => (operation) => {
    // A turn is over at its third look, so that others come between some pages.
    let nowMs = 0;
    const wholeList = createWholeList({ walks: openUncached(source).walks, operation, known: undefined });
    return createLister({
      source,
      operation,
      known: undefined,
      readAhead: false,
      turns: createTurns({ sliceMs: 10, nowMs: () => (nowMs += 6) }),
      wholeList,
    });
  },
  'the pages of each operation': (source) => (operation) => (question, args) =>
    assignmentsOver(source).forOperation(operation).list(question, args),
  'kept pages': keepPages(2 ** 26),
  'few kept pages': keepPages(20_000),
};

describe.each(Object.entries(sources))('a list over %s', (name, open) => {
  beforeEach(() => {
    refusedTotals = 0;
  });
  afterEach(() => {
    if (name !== 'few kept pages') expect(refusedTotals).toBe(0);
  });

  it('is the plain list, whichever way it is walked', async () => {
    let slices = 0;
    await fc.assert(
      fc.asyncProperty(
        world(60),
        pageShape,
        question,
        fc.array(step, { minLength: 1, maxLength: 8 }),
        async (subjects, shape, asked, steps) => {
          const openList = open(createModelSource(subjects, shape));
          const answer = answerTo(subjects, asked);
          const seen = new SeenCursors();
          // Filtered or not, a step must be within reach: pages may be as short as one subject.
          const list = (args: ConnectionArgs) => openList(createOperation({ maxCalls: 10_000 }))(asked, args);
          for (const each of steps) await takeStep(list, answer, each, seen);
          slices += steps.length;
        },
      ),
      { numRuns: 800 },
    );
    expect(slices).toBeGreaterThan(800);
  });

  it('is walked to the end forwards and all the way back by its own cursors', async () => {
    await fc.assert(
      fc.asyncProperty(
        world(80),
        pageShape,
        question,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        async (subjects, shape, asked, first, last) => {
          const openList = open(createModelSource(subjects, shape));
          const list = (args: ConnectionArgs) => openList(createOperation({ maxCalls: 10_000 }))(asked, args);
          const answer = answerTo(subjects, asked).map(describeSubject);

          const forwards: string[] = [];
          let slice = await list({ first });
          for (let guard = 0; guard < 1000; guard++) {
            forwards.push(...slice.items.map(describeSubject));
            if (!(await slice.hasNextPage())) break;
            slice = await list({ first, after: slice.endCursor() });
          }
          expect(forwards).toEqual(answer);

          const backwards = slice.items.map(describeSubject);
          for (let guard = 0; guard < 1000 && (await slice.hasPreviousPage()); guard++) {
            slice = await list({ last, before: slice.startCursor() });
            backwards.unshift(...slice.items.map(describeSubject));
          }
          expect(backwards).toEqual(answer);
        },
      ),
      { numRuns: 800 },
    );
  });

  it('loses nothing and repeats nothing where the budget ends a walk', async () => {
    await fc.assert(
      fc.asyncProperty(
        world(80),
        pageShape,
        question,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        async (subjects, shape, asked, first, maxCalls) => {
          // A list that is not filtered must find something within its budget, or fails.
          const emptyPercent = isFiltered(asked) ? shape.emptyPercent : 0;
          const openList = open(createModelSource(subjects, { ...shape, emptyPercent, shortPercent: 80 }));
          const answer = answerTo(subjects, asked);
          const found: string[] = [];
          let after: string | null = null;
          for (let guard = 0; guard < 1000; guard++) {
            const slice: Slice<Subject> = await openList(createOperation({ maxCalls }))(asked, { first, after });
            expect(await slice.hasPreviousPage()).toBe(found.length > 0);
            found.push(...slice.items.map(describeSubject));
            await expectTotal(slice, answer.length);
            const hasNextPage = await hasNext(slice, found.length < answer.length);
            if (!hasNextPage) break;
            expect(slice.endCursor()).not.toBe(null);
            expect(slice.endCursor()).not.toBe(after);
            after = slice.endCursor();
          }
          expect(found).toEqual(answer.map(describeSubject));
        },
      ),
      { numRuns: 800 },
    );
  });
});

/** Of a list that is not filtered a flag may fail with the budget, but never be wrong. */
const hasNext = async (slice: Slice<Subject>, fallback: boolean): Promise<boolean> => {
  try {
    return await slice.hasNextPage();
  } catch (error) {
    expect(error).toMatchObject({ code: 'CALL_BUDGET_EXCEEDED' });
    return fallback;
  }
};

const isFiltered = ({ reference, type, role }: SubjectsQuestion): boolean =>
  reference !== undefined || type !== undefined || role !== undefined;
