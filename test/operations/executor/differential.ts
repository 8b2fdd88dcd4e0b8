import { type GraphQLSchema, parse, validate } from 'graphql';
import type { FaultRule } from '../../../src/sandbox/core/faults/faults.ts';
import { createSubgraphSchema } from '../../../src/graph/federation/subgraph-schema.ts';
import { createSchema } from '../../../src/graph/schema.ts';
import { canonical, comparable, meetsOpenCircuit, type Times } from './answers.ts';
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

/** `calm`: as `reference`, and upstream never fails there. What is kept is compared with both where upstream fails. */
export type Lanes = Readonly<Record<LaneName, Lane>>;

export const openLanes = async (): Promise<Lanes> => {
  const [calm, reference, planned, kept] = await Promise.all([
    createLane({ sandbox, settings: none }),
    createLane({ sandbox, settings: none }),
    createLane({ sandbox, settings: plans }),
    createLane({ sandbox, settings: all }),
  ]);
  return { calm, reference, planned, kept };
};
export const each = (lanes: Lanes): readonly Lane[] => laneNames.map((name) => lanes[name]);
export const closeLanes = async (lanes: Lanes): Promise<void> => {
  await Promise.all(each(lanes).map((lane) => lane.close()));
};
export const setFaults = ({ reference, planned, kept }: Lanes, faults: readonly FaultRule[]): void => {
  for (const lane of [reference, planned, kept]) lane.sandbox.control.setFaults(faults);
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
  readonly isFaulty: boolean;
  /** Whether it is the directory that fails. */
  readonly lacksNames: boolean;
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
 * How the lanes differ in their answers to a question. Where upstream fails, what is kept may know more than who keeps nothing: then each part of its
 * answer is that of one who meets the faults, that of one who does not, or missing for an error that faults explain.
 */
export const compare = async (
  lanes: Lanes,
  step: Step,
  { isFaulty, lacksNames, times }: CompareOptions,
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
    isFaulty || isWrite ? ask('calm') : undefined,
  ]);
  const written = ({ answer, times }: Timed): string => canonical(answer, times);
  const expected = written(reference);
  const answers = { reference: reference.answer, planned: planned.answer, ...(calm && { calm: calm.answer }) };
  const found = (what: string, one: string, other: string): Compared => ({
    difference: `${what}\n${whereTheyPart(one, other)}`,
    answers,
  });
  if (written(planned) !== expected) {
    const isCut = [reference, planned].some(({ answer }) => meetsOpenCircuit(answer));
    const [one, other] = [reference, planned].map(({ answer, times }) => canonical(answer, times, isCut));
    if (one !== other) return found('planned, nothing kept', expected, written(planned));
  }
  let kept = planned;
  for (const way of ['once', 'again', 'a third time'].slice(0, isWrite ? 1 : times)) {
    kept = await ask('kept');
    const given = written(kept);
    if (given === expected) continue;
    const what = `planned and kept, asked ${way}`;
    if (calm === undefined || isWrite) return found(what, expected, given);
    const sources = [calm, reference].map(({ answer, times }) => ({
      ...answer,
      data: comparable(answer.data, times),
    }));
    const odd = whatIsOdd({ ...kept.answer, data: comparable(kept.answer.data, kept.times) }, sources, lacksNames);
    if (odd !== undefined)
      return found(`${what}: ${odd}; without faults ${written(calm).slice(0, 1000)}`, expected, given);
  }
  return { difference: undefined, answers: { ...answers, kept: kept.answer } };
};

/** Two texts, from shortly before they part. */
const whereTheyPart = (one: string, other: string): string => {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const part = (text: string): string => text.slice(Math.max(0, at - 400), at + 600);
  return ` standard: …${part(one)}…\n   differs: …${part(other)}…`;
};

/** Whether names, and what hangs on them, fail. */
export const lacksNames = (faults: readonly FaultRule[]): boolean => faults.some(({ domain }) => domain !== undefined);

/** The step as small as it can be made and go on differing, on lanes that have not been asked anything. */
export const smallestOf = async (step: Step, faults: readonly FaultRule[]): Promise<string> => {
  const lanes = await openLanes();
  const isFaulty = faults.length > 0;
  try {
    setFaults(lanes, faults);
    const differs = async (question: Question): Promise<boolean> => {
      if (validate(schemas[question.endpoint], parse(question.query)).length > 0) return false;
      return (
        (await compare(lanes, { ...step, question }, { isFaulty, lacksNames: lacksNames(faults), times: 3 }))
          .difference !== undefined
      );
    };
    const { question } = step;
    if (!(await differs(question))) return `${JSON.stringify(step)}\nIt differs only beside or after others.`;
    const smaller = await shrink(question, (sent) => differs({ ...question, ...sent }));
    const smallest = { ...step, question: { ...question, ...smaller } };
    const { difference } = await compare(lanes, smallest, { isFaulty, lacksNames: lacksNames(faults), times: 3 });
    return `${question.user} asks ${question.endpoint} for ${smaller.query} with ${JSON.stringify(smaller.variables)}\n${difference ?? ''}`;
  } finally {
    await closeLanes(lanes);
  }
};
