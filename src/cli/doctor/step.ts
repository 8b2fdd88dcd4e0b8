import type { GatewayError } from '../../model/errors.ts';
import type { DoctorContext } from './context.ts';

/**
 * How a step ended. `limited`: the gateway works, and something will be missing from its answers. `hint` is what to do where something is wrong
 * or missing.
 */
export interface Verdict {
  readonly state: 'fine' | 'limited' | 'wrong' | 'skipped';
  readonly detail: string;
  readonly hint?: string;
}

/** One thing to look at. */
export interface Step {
  readonly name: string;
  /** Steps that must have been fine before. */
  readonly after: readonly string[];
  /** May fail with a `GatewayError`. */
  run(context: DoctorContext): Promise<Verdict>;
  /** What to do where `run` failed. */
  hint(error: GatewayError, context: DoctorContext): string | Promise<string>;
}

export const fine = (detail: string): Verdict => ({ state: 'fine', detail });
export const limited = (detail: string, hint: string): Verdict => ({ state: 'limited', detail, hint });
export const wrong = (detail: string, hint: string): Verdict => ({ state: 'wrong', detail, hint });
export const skipped = (detail: string): Verdict => ({ state: 'skipped', detail });

/** A failure in the words of a detail: codes, a status and a request id, never a text of upstream's. */
export const describeError = ({ code, upstreamStatus, requestId }: GatewayError): string =>
  [
    code,
    ...(upstreamStatus === undefined ? [] : [`status ${upstreamStatus}`]),
    ...(requestId === undefined ? [] : [`request id ${requestId}`]),
  ].join(', ');
