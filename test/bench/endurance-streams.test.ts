import { describe, expect, it } from 'vitest';
import type { Told } from '../../bench/endurance/record-questions.ts';
import { problemOf } from '../../bench/endurance/stream-problem.ts';
import type { Session } from '../../bench/endurance/subscribers.ts';

/** All changes, one a second, of two roles in turn. */
const order: readonly Told[] = Array.from({ length: 8 }, (_, index) => ({
  key: `change ${index}`,
  roleName: index % 2 === 0 ? 'even' : 'odd',
  seenAtMs: index * 1000,
}));
const staying: Session = { roleName: undefined, isStaying: true, openedAtMs: -1, told: order, failure: undefined };
const passing: Session = { ...staying, isStaying: false, openedAtMs: 2500, told: order.slice(3, 6) };

describe('what a stream of changes has told', () => {
  it.each<[string, Session]>([
    ['all of it, to one who stays', staying],
    ['all of a role', { ...staying, roleName: 'odd', told: order.filter(({ roleName }) => roleName === 'odd') }],
    ['a part without a gap, to one who comes and goes', passing],
    ['a change seen before it came, and told after', { ...passing, told: order.slice(2, 6) }],
    ['nothing, to one who left before anything happened', { ...passing, told: [] }],
  ])('is right where it is %s', (_what, session) => {
    expect(problemOf(session, order)).toBeUndefined();
  });

  it.each<[string, Session, string]>([
    ['lacks the last', { ...staying, told: order.slice(0, 7) }, 'told nothing in place of change 7'],
    ['lacks one', { ...staying, told: order.filter((_, index) => index !== 4) }, 'told change 5 in place of change 4'],
    ['has one twice', { ...passing, told: [...order.slice(3, 5), ...order.slice(4, 6)] }, 'told change 4 in place'],
    ['has another order', { ...staying, told: order.toReversed() }, 'told change 7 in place of change 0'],
    ['has what nobody did', { ...passing, told: [{ ...passing.told[0]!, key: 'another' }] }, 'told another'],
    ['is of another role', { ...staying, roleName: 'odd' }, 'told change 0 in place of change 1'],
    ['begins too late', { ...passing, told: order.slice(5, 6) }, 'not told change 3'],
    ['ended before its time', { ...staying, failure: 'RATE_LIMITED' }, 'ended: RATE_LIMITED'],
  ])('is wrong where it %s', (_what, session, problem) => {
    expect(problemOf(session, order)).toContain(problem);
  });
});
