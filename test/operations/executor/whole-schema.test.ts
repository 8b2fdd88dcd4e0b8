import { describe, expect, it } from 'vitest';
import { cursorsOf } from './answers.ts';
import {
  closeLanes,
  compare,
  type Compared,
  each,
  type Lanes,
  openLanes,
  schemas,
  smallestOf,
  type Step,
} from './differential.ts';
import { type Faults, faultSets, noFaults } from './faults.ts';
import { createOperation, type RandomOperation } from './random-operation.ts';
import { createDice, type Dice, pick } from './random-values.ts';
import { readWorldValues, type WorldValues } from './world-values.ts';

/** Which run is the first: every operation of it follows from this. */
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1);
/** How long to go on, from seed to seed, in seconds. Default: as many seeds as CI has time for. */
const givenSeconds = process.env['FUZZ_SECONDS'];
const seedsInCi = 8;

/** Operations, first while upstream answers, then while it fails. */
const operations = { calm: 120, faulty: 40 };
/** Operations after which what was kept is no longer fresh. */
const period = 40;
/** Operations under way at the same time while upstream does not fail. Where it does, what each meets follows from those before. */
const width = 8;

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

interface Tally {
  operations: number;
  /** Refused before anything was read. */
  invalid: number;
  withErrors: number;
  withData: number;
  continued: number;
  mutations: number;
  entities: number;
  faulty: number;
  readonly calls: { reference: number; planned: number; kept: number };
}

interface Asked {
  readonly index: number;
  readonly made: RandomOperation;
  readonly step: Step;
}

const makeOperation = (seed: number, index: number, values: WorldValues, isFaulty: boolean): Asked => {
  const dice = createDice(seed * 1_000_003 + index);
  const endpoint = dice(7) === 0 ? 'subgraph' : 'graphql';
  // What is changed while upstream fails may be changed in one lane alone.
  const kind = !isFaulty && endpoint === 'graphql' && dice(10) === 0 ? 'mutation' : 'query';
  const made = createOperation({
    schema: schemas[endpoint],
    kind,
    dice,
    maxDepth: 3 + dice(4),
    maxFields: 4 + dice(16),
    valuesOf: values.valuesOf(dice),
    cursorArguments: ['after', 'before'],
  });
  const question = { endpoint, query: made.text, variables: made.variables, user: pick(dice, users) } as const;
  return { index, made, step: { question, cursors: {} } };
};

const isMutation = ({ made }: Asked): boolean => made.text.startsWith('mutation');

/** Asks lanes that are new the same until answers differ: first while upstream answers, then others while it fails. Neighbouring seeds meet other faults. */
const run = async (seed: number, tally: Tally, isOver: () => boolean): Promise<void> => {
  const { calm, faulty } = operations;
  await runIn(noFaults, { from: 0, to: calm }, { seed, tally, isOver });
  const faults = faultSets[seed % faultSets.length] ?? noFaults;
  if (!isOver()) await runIn(faults, { from: calm, to: calm + faulty }, { seed, tally, isOver });
};

interface RunOptions {
  readonly seed: number;
  readonly tally: Tally;
  readonly isOver: () => boolean;
}

/** What was kept of assignments is no longer fresh; names are. */
const letAge = (lanes: Lanes): void => {
  for (const { clock } of each(lanes)) clock.setTo(clock.nowMs() + 120_000);
};

const runIn = async (
  faults: Faults,
  { from, to }: { readonly from: number; readonly to: number },
  { seed, tally, isOver }: RunOptions,
): Promise<void> => {
  const isFaulty = faults !== noFaults;
  const lanes = await openLanes(faults);
  try {
    const values = await readWorldValues(lanes.calm);
    for (let next = from; next < to && !isOver();) {
      if (next % period === 0) letAge(lanes);
      const most = Math.min(to, next - (next % period) + period, next + (isFaulty ? 1 : width));
      const batch: Asked[] = [];
      do batch.push(makeOperation(seed, next++, values, isFaulty));
      while (next < most && !batch.some(isMutation));
      // A change is made while nobody else asks.
      const questions = batch.filter((asked) => !isMutation(asked));
      const found = await Promise.all(questions.map((asked) => askAll(lanes, asked, { seed, faults, tally })));
      for (const asked of batch.filter(isMutation)) {
        found.push(await askAll(lanes, asked, { seed, faults, tally }));
        // Others than the one who changes something may see for a while what they have kept.
        letAge(lanes);
      }
      for (const data of found.flat()) values.note(data);
      for (const name of ['reference', 'planned', 'kept'] as const) tally.calls[name] += lanes[name].calls();
    }
  } finally {
    await closeLanes(lanes);
  }
};

interface AskOptions {
  readonly seed: number;
  readonly faults: Faults;
  readonly tally: Tally;
}

/** Asks one operation of all lanes, and goes on from its cursors; answers with the data of all its answers. */
const askAll = async (lanes: Lanes, asked: Asked, { seed, faults, tally }: AskOptions): Promise<readonly unknown[]> => {
  const { index, made } = asked;
  tally.operations++;
  if (isMutation(asked)) tally.mutations++;
  if (made.text.includes('_entities')) tally.entities++;
  if (faults !== noFaults) tally.faulty++;
  const dice = createDice(seed * 2_000_003 + index);
  const given: unknown[] = [];
  let { step } = asked;
  for (let round = 0; round < 3; round++) {
    const { difference, answers } = await compare(lanes, step, { faults, times: index % 3 === 0 ? 3 : 2 });
    if (difference !== undefined) {
      throw new Error(
        `FUZZ_SEED=${seed}, operation ${index}, upstream's faults ${JSON.stringify(faults.rules)}: ${difference}\n\nThe smallest found: ${await smallestOf(step, faults)}`,
      );
    }
    const { data, errors } = answers.reference;
    if (errors !== undefined) tally.withErrors++;
    if (data === undefined && errors?.every(({ extensions }) => extensions['code'] === 'BAD_USER_INPUT'))
      tally.invalid++;
    if (data !== undefined && data !== null) tally.withData++;
    given.push(data);
    const next = nextStep(dice, step, made.cursors, answers);
    if (next === undefined || isMutation(asked)) break;
    step = next;
    tally.continued++;
  }
  return given;
};

/** The same question, going on from cursors of its answer. */
const nextStep = (
  dice: Dice,
  { question, cursors: before }: Step,
  lists: RandomOperation['cursors'],
  { reference, planned, kept, calm }: Compared['answers'],
): Step | undefined => {
  const cursors = { ...before };
  for (const { variable, list } of lists) {
    const found = cursorsOf(reference.data, list);
    if (found.length === 0 || dice(3) === 0) continue;
    const at = dice(found.length);
    const cursor = found[at] as string;
    // Who has none there (an error came in between) is given what another has.
    const ownOf = (answer: typeof kept): string => cursorsOf(answer?.data, list)[at] ?? cursor;
    cursors[variable] = { reference: cursor, planned: ownOf(planned), kept: ownOf(kept), calm: ownOf(calm) };
  }
  return Object.keys(cursors).length === 0 ? undefined : { question, cursors };
};

// Most answers have errors of which nobody looks at the stack, and writing them is a part of the time that counts.
Error.stackTraceLimit = 0;

describe('what takes a short cut', () => {
  it(
    'answers as the standard executor does without anything kept, whatever is asked of the whole schema',
    { timeout: 3_600_000 },
    async () => {
      const tally: Tally = {
        operations: 0,
        invalid: 0,
        withErrors: 0,
        withData: 0,
        continued: 0,
        mutations: 0,
        entities: 0,
        faulty: 0,
        calls: { reference: 0, planned: 0, kept: 0 },
      };
      const endMs = givenSeconds === undefined ? Infinity : performance.now() + Number(givenSeconds) * 1000;
      const isOver = (): boolean => performance.now() > endMs;
      const lastSeed = givenSeconds === undefined ? firstSeed + seedsInCi - 1 : Infinity;
      for (let seed = firstSeed; seed <= lastSeed && !isOver(); seed++) await run(seed, tally, isOver);
      if (givenSeconds !== undefined) process.stdout.write(`${JSON.stringify(tally)}\n`);
      const { operations } = tally;
      // A property that hardly meets something proves little about it.
      expect(tally.invalid).toBeLessThan(operations * 0.1);
      expect(tally.withErrors).toBeGreaterThan(operations * 0.1);
      expect(tally.withData).toBeGreaterThan(operations * 0.5);
      for (const some of [tally.continued, tally.mutations, tally.entities]) expect(some).toBeGreaterThan(0);
      // Which of two reads of one operation comes first is a matter of chance, and one may make the other needless.
      const { reference, planned, kept } = tally.calls;
      expect(planned).toBeGreaterThan(reference * 0.97);
      expect(planned).toBeLessThan(reference * 1.03);
      // Though it asks twice or three times.
      expect(kept).toBeLessThan(reference * 0.75);
    },
  );
});
