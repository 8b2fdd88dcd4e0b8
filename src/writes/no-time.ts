import type { ChangeProblem } from './change.ts';

/** Of a change that was not begun because the operation had no time left for it. */
export const noTime: ChangeProblem = {
  code: 'UPSTREAM_TIMEOUT',
  message: 'There was no time left for this change, and it was not begun. Send it again, with fewer changes at once.',
};
