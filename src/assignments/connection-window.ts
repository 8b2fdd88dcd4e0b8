import { GatewayError } from '../model/errors.ts';
import type { ConnectionArgs } from './assignments.ts';

/** How many items a connection gives where the client does not say, and at most. */
export const defaultCount = 50;
export const maxCount = 1000;

/** The part of a list that is asked for: so many items from one end of what lies between two places. */
export interface Window<Place> {
  readonly from: 'start' | 'end';
  /** 0 to `maxCount`. */
  readonly count: number;
  readonly after: Place | undefined;
  readonly before: Place | undefined;
}

/**
 * Checks Relay's arguments and reads their cursors. Without `first` and `last` it is the first `defaultCount`. Throws
 * `BAD_USER_INPUT`, or what `readCursor` throws, before anything is asked of anybody.
 */
export const windowOf = <Place>(args: ConnectionArgs, readCursor: (text: string) => Place): Window<Place> => {
  const first = countOf('first', args.first);
  const last = countOf('last', args.last);
  if (first !== undefined && last !== undefined) {
    throw new GatewayError('BAD_USER_INPUT', 'Ask for `first` or for `last`, not for both at once.');
  }
  return {
    from: last === undefined ? 'start' : 'end',
    count: last ?? first ?? defaultCount,
    after: placeOf(args.after, readCursor),
    before: placeOf(args.before, readCursor),
  };
};

const countOf = (name: 'first' | 'last', count: number | null | undefined): number | undefined => {
  if (count === undefined || count === null) return undefined;
  if (!Number.isInteger(count) || count < 0 || count > maxCount) {
    throw new GatewayError('BAD_USER_INPUT', `\`${name}\` must be a whole number from 0 to ${maxCount}.`);
  }
  return count;
};

const placeOf = <Place>(text: string | null | undefined, readCursor: (text: string) => Place): Place | undefined =>
  text === undefined || text === null ? undefined : readCursor(text);
