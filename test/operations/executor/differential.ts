import { type GraphQLSchema, parse, validate } from 'graphql';
import { createSubgraphSchema } from '../../../src/graph/federation/subgraph-schema.ts';
import { createSchema } from '../../../src/graph/schema.ts';
import { canonical, comparable, meetsOpenCircuit, type Times } from './answers.ts';
import type { Faults } from './faults.ts';
import { type Answer, createLane, type Lane, type Question } from './lanes.ts';
import { whatIsOdd } from './made-of.ts';
import { shrink } from './smaller-operations.ts';

export const schemas: Readonly<Record<Question['endpoint'], GraphQLSchema>> = {
  graphql: createSchema(),
  subgraph: createSubgraphSchema(['uuid']),
};

const sandbox = { subjects: 24 };
/** No short cut at all: the standard executor, and nothing is kept. */
const none = { queryPlans: false, cacheTtlMs: 0, namesTtlMs: 0 };
const plans = { queryPlans: true, cacheTtlMs: 0, namesTtlMs: 0 };
const namesTtlMs = 600_000;
const all = { queryPlans: true, namesTtlMs };
/** A list of names counts as fresh from the end of its walk, and a walk that was broken off goes on within that time. */
const maxAgeMs = 2 * namesTtlMs;

const laneNames = ['calm', 'reference', 'planned', 'kept'] as const;
export type LaneName = (typeof laneNames)[number];

/** `calm`: as `reference`, and upstream never fails there. Where a part of upstream fails, answers are compared with both. */
export type Lanes = Readonly<Record<LaneName, Lane>>;

/** Lanes that were never asked anything, and what upstream fails in from the beginning. */
export const openLanes = async (faults: Faults): Promise<Lanes> => {
  const [calm, reference, planned, kept] = await Promise.all([
    createLane({ sandbox, settings: none }),
    createLane({ sandbox, settings: none }),
    createLane({ sandbox, settings: plans }),
    createLane({ sandbox, settings: all }),
  ]);
  const lanes = { calm, reference, planned, kept };
  setFaults(lanes, faults);
  return lanes;
};
export const each = (lanes: Lanes): readonly Lane[] => laneNames.map((name) => lanes[name]);
export const closeLanes = async (lanes: Lanes): Promise<void> => {
  await Promise.all(each(lanes).map((lane) => lane.close()));
};
const setFaults = ({ reference, planned, kept }: Lanes, { rules }: Faults): void => {
  for (const lane of [reference, planned, kept]) lane.sandbox.control.setFaults(rules);
};

export interface Step {
  readonly question: Question;
  /** By variable. Of each lane its own, which name its own pages. */
  readonly cursors: Readonly<Record<string, Readonly<Record<LaneName, string>>>>;
}

/** What the lanes answered, as far as they were asked. */
export interface Compared {
  readonly difference: string | undefined;
  readonly answers: Readonly<Partial<Record<LaneName, Answer>>> & { readonly reference: Answer };
}

export interface CompareOptions {
  readonly faults: Faults;
  /**
   * How many times those who keep everything are asked: once finds what others have left there, the second time it is remembered that it was asked for,
   * and the third time it is answered whole.
   */
  readonly times: 2 | 3;
}

interface Timed {
  readonly answer: Answer;
  readonly times: Times;
}

/**
 * How the lanes differ in their answers to a question. Where a part of upstream fails, what was read before, by fields of the same operation too, decides
 * what is known: then each part of an answer is that of one who meets the faults, that of one who does not, or missing for an error that faults explain.
 */
export const compare = async (
  lanes: Lanes,
  step: Step,
  { faults: { isWhole }, times }: CompareOptions,
): Promise<Compared> => {
  const ask = async (name: LaneName): Promise<Timed> => {
    const { [name]: lane } = lanes;
    const { question, cursors } = step;
    const given = Object.entries(cursors).map(([variable, { [name]: cursor }]) => [variable, cursor] as const);
    const fromMs = lane.clock.nowMs();
    const answer = await lane.ask({
      ...question,
      variables: { ...question.variables, ...Object.fromEntries(given) },
    });
    return { answer, times: { fromMs: name === 'kept' ? fromMs - maxAgeMs : fromMs, toMs: lane.clock.nowMs() } };
  };
  const isWrite = step.question.query.startsWith('mutation');
  const timesMs = each(lanes).map(({ clock }) => clock.nowMs());
  for (const { clock } of each(lanes)) clock.setTo(Math.max(...timesMs));
  const [reference, planned, calm] = await Promise.all([
    ask('reference'),
    ask('planned'),
    !isWhole || isWrite ? ask('calm') : undefined,
  ]);
  const written = ({ answer, times }: Timed): string => canonical(answer, times);
  const expected = written(reference);
  const answers = { reference: reference.answer, planned: planned.answer, ...(calm && { calm: calm.answer }) };
  const sources = [calm, reference].flatMap((source) => (source === undefined ? [] : [withComparableData(source)]));
  const differenceOf = (what: string, other: Timed): string | undefined => {
    // Which of the calls that fail are not sent at all, because a circuit has opened, is a matter of chance.
    const isCut = [reference, other].some(({ answer }) => meetsOpenCircuit(answer));
    const [one, two] = [reference, other].map(({ answer, times }) => canonical(answer, times, isCut));
    if (one === two) return undefined;
    if (isWhole || isWrite) return `${what}\n${whereTheyPart(expected, written(other))}`;
    const odd = whatIsOdd(withComparableData(other), sources);
    return odd && `${what}: ${odd}; without faults ${written(calm ?? reference).slice(0, 1000)}`;
  };
  const difference = differenceOf('planned, nothing kept', planned);
  if (difference !== undefined) return { difference, answers };
  let kept = planned;
  for (const way of ['once', 'again', 'a third time'].slice(0, isWrite ? 1 : times)) {
    kept = await ask('kept');
    const keptDifference = differenceOf(`planned and kept, asked ${way}`, kept);
    if (keptDifference !== undefined) return { difference: keptDifference, answers };
  }
  return { difference: undefined, answers: { ...answers, kept: kept.answer } };
};

const withComparableData = ({ answer, times }: Timed): Answer => ({
  ...answer,
  data: comparable(answer.data, times),
});

/** Two texts, from shortly before they part. */
const whereTheyPart = (one: string, other: string): string => {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const part = (text: string): string => text.slice(Math.max(0, at - 400), at + 600);
  return ` standard: …${part(one)}…\n   differs: …${part(other)}…`;
};

/** The step as small as it can be made and go on differing, on lanes that have not been asked anything. */
export const smallestOf = async (step: Step, faults: Faults): Promise<string> => {
  const lanes = await openLanes(faults);
  try {
    const differs = async (question: Question): Promise<boolean> => {
      if (validate(schemas[question.endpoint], parse(question.query)).length > 0) return false;
      return (await compare(lanes, { ...step, question }, { faults, times: 3 })).difference !== undefined;
    };
    const { question } = step;
    if (!(await differs(question))) return `${JSON.stringify(step)}\nIt differs only beside or after others.`;
    const smaller = await shrink(question, (sent) => differs({ ...question, ...sent }));
    const smallest = { ...step, question: { ...question, ...smaller } };
    const { difference } = await compare(lanes, smallest, { faults, times: 3 });
    return `${question.user} asks ${question.endpoint} for ${smaller.query} with ${JSON.stringify(smaller.variables)}\n${difference ?? ''}`;
  } finally {
    await closeLanes(lanes);
  }
};
