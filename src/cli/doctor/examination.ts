import { GatewayError } from '../../model/errors.ts';
import { createContext, type DoctorContext, type DoctorOptions } from './context.ts';
import { describeError, skipped, type Step, type Verdict, wrong } from './step.ts';
import { steps } from './steps.ts';

/** What a step found. */
export interface Finding extends Verdict {
  readonly step: string;
}

/**
 * Looks step by step whether ESET Connect can be reached and used, and hands over each finding as it is made. A step that needs one that failed is
 * skipped. Never throws because of what upstream does. Answers true where nothing is wrong; what is only missing from the answers is not wrong.
 */
export const runDoctor = async (options: DoctorOptions, tell: (finding: Finding) => void): Promise<boolean> => {
  const context = createContext(options);
  const done = new Map<string, Finding['state']>();
  try {
    for (const step of steps) {
      const verdict = await runStep(step, context, done);
      done.set(step.name, verdict.state);
      tell({ step: step.name, ...verdict });
    }
  } finally {
    await context.close();
  }
  return ![...done.values()].includes('wrong');
};

const marks = { fine: '✓', limited: '!', wrong: '✗', skipped: '–' } as const;

/** One line for people, and a second one with the hint. */
export const formatFinding = ({ step, state, detail, hint }: Finding): string =>
  `${marks[state]} ${step}: ${detail}${hint === undefined ? '' : `\n  → ${hint}`}`;

const runStep = async (
  step: Step,
  context: DoctorContext,
  done: ReadonlyMap<string, Finding['state']>,
): Promise<Verdict> => {
  const missing = step.after.find((name) => done.get(name) === 'wrong' || isBlocked(name, done));
  if (missing !== undefined) return skipped(`first "${missing}" must be fixed`);
  try {
    return await step.run(context);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return wrong(describeError(error), await step.hint(error, context));
  }
};

/** A step that was skipped because of another is nothing to build on; one that was skipped because it is not needed is. */
const isBlocked = (name: string, done: ReadonlyMap<string, Finding['state']>): boolean =>
  done.get(name) === 'skipped' &&
  (steps.find((step) => step.name === name)?.after ?? []).some(
    (before) => done.get(before) === 'wrong' || isBlocked(before, done),
  );
