import { type GraphQLSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../src/sandbox/core/faults/faults.ts';
import { createSubgraphSchema } from '../../../src/graph/federation/subgraph-schema.ts';
import { createSchema } from '../../../src/graph/schema.ts';
import { type Answer, canonical, createLane, cursorsOf, type Lane, type Question, withoutHistory } from './lanes.ts';
import { createOperation } from './random-operation.ts';
import { createDice, type Dice, pick } from './random-values.ts';
import { shrink } from './smaller-operations.ts';
import { readWorldValues } from './world-values.ts';

/** Where a run begins: every operation of it follows from this. */
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1);
/** How long to go on, from seed to seed, in seconds. Default: one seed, and as many operations as CI has time for. */
const givenSeconds = process.env['FUZZ_SECONDS'];
const seconds = Number(givenSeconds ?? 20);
const operationsOfSeed = 2000;
/** Below so many nothing would be known, however slow the machine. */
const minOperations = 100;

const schemas: Readonly<Record<Question['endpoint'], GraphQLSchema>> = {
  graphql: createSchema(),
  subgraph: createSubgraphSchema(['uuid']),
};

const sandbox = { subjects: 60 };
/** No short cut at all: the standard executor, and nothing is kept. */
const none = { queryPlans: false, cacheTtlMs: 0, namesTtlMs: 0 };
const plans = { queryPlans: true, cacheTtlMs: 0, namesTtlMs: 0 };
const all = { queryPlans: true };

interface Lanes {
  readonly reference: Lane;
  readonly planned: Lane;
  readonly kept: Lane;
}

const openLanes = async (): Promise<Lanes> => {
  const [reference, planned, kept] = await Promise.all([
    createLane({ sandbox, settings: none }),
    createLane({ sandbox, settings: plans }),
    createLane({ sandbox, settings: all }),
  ]);
  return { reference, planned, kept };
};
const each = ({ reference, planned, kept }: Lanes): readonly Lane[] => [reference, planned, kept];
const close = async (lanes: Lanes): Promise<void> => {
  await Promise.all(each(lanes).map((lane) => lane.close()));
};

/** Who asks: most are seen everything, some only a part, some nothing. */
const users = [
  ...Array.from({ length: 12 }, () => 'administrator'),
  'customer',
  'customer',
  'reader',
  'customer-writer',
  'role-maker',
  'no-users',
  'no-devices',
  'no-integrations',
  'unknown',
  'nobody',
];

/** What goes wrong upstream for a while. Whatever passes by chance is not here: both executors have to meet the same. */
const faultSets: readonly (readonly FaultRule[])[] = [
  [{ domain: 'users', status: 403 }],
  [{ domain: 'devices', status: 503 }],
  [
    { domain: 'policies', status: 404 },
    { domain: 'users', status: 500 },
  ],
  [{ path: '/v2/role-assignments', status: 500, query: 'subjectReference' }],
  [{ path: '/v2/role-assignments', form: 'malformed' }],
  [{ path: '/v2/role-assignments', status: 403, query: 'pageToken' }],
  [{ path: '/v2/role-assignments', form: 'reset' }],
  [{ path: '/v2/role-assignments', status: 504, query: 'pageSize=1000' }],
  [
    { domain: 'users', form: 'html' },
    { domain: 'devices', form: 'empty' },
    { domain: 'policies', form: 'cut' },
  ],
  [{ path: '/v2/role-assignments', status: 400 }],
  [{ path: '/v2/role-assignments', status: 401 }],
];

/** Operations between two changes of the weather. */
const period = 50;

interface Step {
  readonly question: Question;
  /** Of each lane, where they differ: cursors. */
  readonly cursors: Readonly<Record<string, { readonly cold: string; readonly warm: string }>>;
}

/** How two lanes differ in their answers to a question; undefined where they do not. */
const differenceOf = async (
  lanes: Lanes,
  { question, cursors }: Step,
  isFair: boolean,
): Promise<{
  readonly difference: string | undefined;
  readonly reference: Answer;
  readonly kept: Answer | undefined;
}> => {
  const { reference, planned, kept } = lanes;
  const cold = { ...question, variables: { ...question.variables, ...valuesOfLane(cursors, 'cold') } };
  const warm = { ...question, variables: { ...question.variables, ...valuesOfLane(cursors, 'warm') } };
  const timesMs = each(lanes).map(({ clock }) => clock.nowMs());
  for (const { clock } of each(lanes)) clock.setTo(Math.max(...timesMs));
  const [expected, given] = await Promise.all([reference.ask(cold), planned.ask(cold)]);
  const found = (what: string, one: unknown, other: unknown) => ({
    difference: `${what}\n standard: ${String(one)}\n   differs: ${String(other)}`,
    reference: expected,
    kept: undefined,
  });
  const asExpected = canonical(withoutHistory(expected));
  const asGiven = canonical(withoutHistory(given));
  if (asGiven !== asExpected) return found('planned, nothing kept', asExpected, asGiven);
  if (!isFair) return { difference: undefined, reference: expected, kept: undefined };
  let last: Answer | undefined;
  // The second time it is remembered that it was asked for, the third time it is answered whole.
  const isWrite = question.query.startsWith('mutation');
  for (const way of isWrite ? ['once'] : ['once', 'again', 'a third time']) {
    last = await kept.ask(warm);
    const other = canonical(withoutHistory(last));
    if (other !== asExpected) return found(`planned and kept, asked ${way}`, asExpected, other);
  }
  return { difference: undefined, reference: expected, kept: last };
};

const valuesOfLane = (cursors: Step['cursors'], which: 'cold' | 'warm'): Record<string, string> =>
  Object.fromEntries(Object.entries(cursors).map(([name, values]) => [name, values[which]]));

/** The step as small as it can be made and go on differing, on lanes that have not been asked anything. */
const smallestOf = async (step: Step, faults: readonly FaultRule[]): Promise<string> => {
  const lanes = await openLanes();
  try {
    for (const { sandbox: one } of each(lanes)) one.control.setFaults(faults);
    const differs = async (question: Question): Promise<boolean> => {
      if (validate(schemas[question.endpoint], parse(question.query)).length > 0) return false;
      return (await differenceOf(lanes, { ...step, question }, faults.length === 0)).difference !== undefined;
    };
    const { question } = step;
    if (!(await differs(question))) return `${JSON.stringify(step)}\nIt differs only after those before it.`;
    const smaller = await shrink(question, (sent) => differs({ ...question, ...sent }));
    const { difference } = await differenceOf(
      lanes,
      { ...step, question: { ...question, ...smaller } },
      faults.length === 0,
    );
    return `${question.user} asks ${question.endpoint} for ${smaller.query} with ${JSON.stringify(smaller.variables)}\n${difference ?? ''}`;
  } finally {
    await close(lanes);
  }
};

interface Tally {
  operations: number;
  valid: number;
  withErrors: number;
  withData: number;
  continued: number;
  mutations: number;
  entities: number;
  readonly calls: { reference: number; planned: number; kept: number };
}

/** Asks everybody the same until answers differ. */
const run = async (seed: number, count: number, tally: Tally, isOver: () => boolean): Promise<void> => {
  const lanes = await openLanes();
  try {
    const values = await readWorldValues(lanes.reference);
    for (const lane of [lanes.planned, lanes.kept]) await readWorldValues(lane);
    for (const lane of each(lanes)) lane.calls();
    let faults: readonly FaultRule[] = [];
    for (let index = 0; index < count && !isOver(); index++) {
      const dice = createDice(seed * 1_000_003 + index);
      if (index % period === 0) {
        faults = (index / period) % 3 === 2 ? pick(dice, faultSets) : [];
        for (const { sandbox: one, clock } of each(lanes)) {
          one.control.setFaults(faults);
          clock.setTo(clock.nowMs() + 120_000);
        }
      }
      const endpoint = dice(7) === 0 ? 'subgraph' : 'graphql';
      // What is changed while upstream fails may be changed in one lane alone.
      const kind = faults.length === 0 && endpoint === 'graphql' && dice(10) === 0 ? 'mutation' : 'query';
      const made = createOperation({
        schema: schemas[endpoint],
        kind,
        dice,
        maxDepth: 3 + dice(4),
        maxFields: 30,
        valuesOf: values.valuesOf(dice),
        cursorArguments: ['after', 'before'],
      });
      let step: Step = {
        question: { endpoint, query: made.text, variables: made.variables, user: pick(dice, users) },
        cursors: {},
      };
      tally.operations++;
      if (validate(schemas[endpoint], parse(made.text)).length === 0) tally.valid++;
      if (kind === 'mutation') tally.mutations++;
      if (made.text.includes('_entities')) tally.entities++;
      tally.calls.reference += lanes.reference.calls();
      tally.calls.planned += lanes.planned.calls();
      tally.calls.kept += lanes.kept.calls();
      for (let round = 0; round < 3; round++) {
        const { difference, reference, kept } = await differenceOf(lanes, step, faults.length === 0);
        if (difference !== undefined) {
          const smallest = await smallestOf(step, faults);
          throw new Error(
            `FUZZ_SEED=${seed}, operation ${index}, upstream's faults ${JSON.stringify(faults)}: ${difference}\n\nThe smallest found: ${smallest}`,
          );
        }
        if (reference.errors !== undefined) tally.withErrors++;
        if (reference.data !== undefined && reference.data !== null) tally.withData++;
        values.note(reference.data);
        const next = nextStep(dice, step, made.cursors, reference, kept);
        if (next === undefined || kind === 'mutation') break;
        step = next;
        tally.continued++;
      }
    }
  } finally {
    await close(lanes);
  }
};

/** The same question, going on from cursors of its answer. */
const nextStep = (
  dice: Dice,
  { question, cursors: before }: Step,
  lists: readonly { variable: string; list: string }[],
  cold: Answer,
  warm: Answer | undefined,
): Step | undefined => {
  const cursors: Record<string, { cold: string; warm: string }> = { ...before };
  for (const { variable, list } of lists) {
    const [found, others] = [cursorsOf(cold.data, list), cursorsOf(warm?.data ?? cold.data, list)];
    if (found.length === 0 || dice(3) === 0) continue;
    const at = dice(found.length);
    cursors[variable] = { cold: found[at] as string, warm: others[at] as string };
  }
  return Object.keys(cursors).length === 0 ? undefined : { question, cursors };
};

describe('what takes a short cut', () => {
  it(
    'answers as the standard executor does without anything kept, whatever is asked of the whole schema',
    { timeout: 3_600_000 },
    async () => {
      const tally: Tally = {
        operations: 0,
        valid: 0,
        withErrors: 0,
        withData: 0,
        continued: 0,
        mutations: 0,
        entities: 0,
        calls: { reference: 0, planned: 0, kept: 0 },
      };
      const endMs = performance.now() + seconds * 1000;
      const isOver = (): boolean => performance.now() > endMs && tally.operations >= minOperations;
      const lastSeed = givenSeconds === undefined ? firstSeed : Infinity;
      for (let seed = firstSeed; seed <= lastSeed && !isOver(); seed++) {
        await run(seed, operationsOfSeed, tally, isOver);
      }
      if (givenSeconds !== undefined) process.stdout.write(`${JSON.stringify(tally)}\n`);
      const { operations } = tally;
      // A property that hardly meets something proves little about it.
      expect(tally.valid).toBeGreaterThan(operations * 0.9);
      expect(tally.withErrors).toBeGreaterThan(operations * 0.1);
      expect(tally.withData).toBeGreaterThan(operations * 0.5);
      for (const some of [tally.continued, tally.mutations, tally.entities]) expect(some).toBeGreaterThan(0);
      // Which of two reads of one operation comes first is a matter of chance, and one may make the other needless.
      const { reference, planned } = tally.calls;
      expect(planned).toBeGreaterThan(reference * 0.97);
      expect(planned).toBeLessThan(reference * 1.03);
    },
  );
});
