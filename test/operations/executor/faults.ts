import type { FaultRule } from '../../../src/sandbox/core/faults/faults.ts';

/** What goes wrong upstream for a while: always the same for the same call, whoever sends it and whenever. */
export interface Faults {
  readonly rules: readonly FaultRule[];
  /**
   * Whether all calls fail that could tell the same. Then nobody has something that others lack, and all answers are equal. Else one may have read in a page
   * what another asks for by itself, in vain, and which of two fields of one operation reads first is a matter of chance.
   */
  readonly isWhole: boolean;
}

export const noFaults: Faults = { rules: [], isWhole: true };

const whole = (...rules: readonly FaultRule[]): Faults => ({ rules, isWhole: true });
const partly = (rule: FaultRule): Faults => ({ rules: [rule], isWhole: false });

const assignments = '/v2/role-assignments';

/**
 * Which of the calls that are under way at the same time opens a circuit, and which are then not sent, is a matter of chance. So what circuits count (5xx, and
 * connections that break) befalls a domain whole: a call that is not sent would have failed as well. What befalls a part is what circuits take for an answer.
 */
export const faultSets: readonly Faults[] = [
  whole({ domain: 'users', status: 403 }),
  whole({ domain: 'devices', status: 503 }),
  whole({ domain: 'policies', status: 502 }, { domain: 'users', status: 500 }),
  partly({ path: assignments, form: 'malformed', query: 'subjectReference' }),
  whole({ domain: 'identity', form: 'malformed' }),
  partly({ path: assignments, status: 403, query: 'pageToken' }),
  whole({ domain: 'identity', form: 'reset' }),
  partly({ path: assignments, status: 501, query: 'pageSize=1000' }),
  whole({ domain: 'users', form: 'html' }, { domain: 'devices', form: 'empty' }, { domain: 'policies', form: 'cut' }),
  whole({ domain: 'identity', status: 400 }),
  whole({ domain: 'identity', status: 401 }),
  whole({ domain: 'identity', status: 504 }),
  whole({ domain: 'devices', status: 501 }, { domain: 'policies', status: 403 }),
];
