import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../model/errors.ts';
import type { Random } from '../../platform/random.ts';
import { createPatient, type Patient } from './context.ts';
import { remedyForAccess, remedyForLogin } from './hints.ts';
import { steps, type Step, type Verdict } from './steps.ts';

export interface DoctorOptions {
  readonly baseUrl: string;
  /** Absent: nothing can be logged in to, so `token` must be there. */
  readonly tokenUrl?: string | undefined;
  /** Name and password of the API user. */
  readonly username?: string | undefined;
  /** Secret. */
  readonly password?: string | undefined;
  /** A bearer token to look with instead. Secret. */
  readonly token?: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a step found. */
export interface Finding extends Verdict {
  readonly step: string;
}

/**
 * Looks step by step whether ESET Connect can be reached and used, and hands over each finding as it is made. A step whose ground has
 * given way is skipped. Never throws because of what upstream does. Answers true where nothing is wrong.
 */
export const runDoctor = async (options: DoctorOptions, tell: (finding: Finding) => void): Promise<boolean> => {
  const patient = createPatient(options);
  const done = new Map<string, Finding['state']>();
  try {
    for (const step of steps) {
      const verdict = await runStep(step, patient, done);
      done.set(step.name, verdict.state);
      tell({ step: step.name, ...verdict });
    }
  } finally {
    await patient.close();
  }
  return ![...done.values()].includes('wrong');
};

/** One line for people, and a second one with the remedy. */
export const formatFinding = ({ step, state, detail, remedy }: Finding): string => {
  const mark = { fine: '✓', wrong: '✗', skipped: '–' }[state];
  return `${mark} ${step}: ${detail}${remedy === undefined ? '' : `\n  → ${remedy}`}`;
};

const runStep = async (step: Step, patient: Patient, done: ReadonlyMap<string, Finding['state']>): Promise<Verdict> => {
  const missing = step.after.find((name) => done.get(name) === 'wrong' || isBlocked(name, done));
  if (missing !== undefined) return { state: 'skipped', detail: `first "${missing}" must be mended` };
  try {
    return await step.run(patient);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const remedy =
      step.name === 'login works' || step.name === 'refresh works'
        ? remedyForLogin(error)
        : await remedyForAccess(error, patient);
    return { state: 'wrong', detail: describe(error), remedy };
  }
};

/** A step that was skipped because of another is no ground to stand on; one that was skipped because it is not needed is. */
const isBlocked = (name: string, done: ReadonlyMap<string, Finding['state']>): boolean =>
  done.get(name) === 'skipped' &&
  (steps.find((step) => step.name === name)?.after ?? []).some(
    (before) => done.get(before) === 'wrong' || isBlocked(before, done),
  );

const describe = ({ code, upstreamStatus, requestId }: GatewayError): string =>
  [
    code,
    upstreamStatus === undefined ? '' : `status ${upstreamStatus}`,
    requestId === undefined ? '' : `request id ${requestId}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
