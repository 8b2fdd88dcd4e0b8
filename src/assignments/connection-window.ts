import { GatewayError } from '../model/errors.ts';
import type { ConnectionArgs } from './assignments.ts';

/** How many items a connection gives where the client does not say, and at most. */
export const defaultConnectionSize = 50;
export const maxConnectionSize = 1000;

/** The part of a list that is asked for: so many items from one end of what lies between two positions. */
export interface Window<CursorPosition> {
  readonly from: 'start' | 'end';
  /** 0 to `maxConnectionSize`. */
  readonly count: number;
  readonly after: CursorPosition | undefined;
  readonly before: CursorPosition | undefined;
}

/**
 * Checks Relay's arguments and reads their cursors, which are those of a list. Without `first` and `last` it is the first `defaultConnectionSize`. Throws
 * `BAD_USER_INPUT`, or what `readCursor` throws, before anything is asked of anybody.
 */
export const windowOf = <List, CursorPosition>(
  args: ConnectionArgs,
  list: List,
  // Not a function that knows the list: an answer has thousands of lists, and hardly ever a cursor for one of them.
  readCursor: (list: List, text: string) => CursorPosition,
): Window<CursorPosition> => {
  const first = countOf('first', args.first);
  const last = countOf('last', args.last);
  if (first !== undefined && last !== undefined) {
    throw new GatewayError('BAD_USER_INPUT', 'Ask for `first` or for `last`, not for both at once.');
  }
  return {
    from: last === undefined ? 'start' : 'end',
    count: last ?? first ?? defaultConnectionSize,
    after: positionOf(args.after, list, readCursor),
    before: positionOf(args.before, list, readCursor),
  };
};

const countOf = (name: 'first' | 'last', count: number | null | undefined): number | undefined => {
  if (count === undefined || count === null) return undefined;
  if (!Number.isInteger(count) || count < 0 || count > maxConnectionSize) {
    throw new GatewayError('BAD_USER_INPUT', `\`${name}\` must be a whole number from 0 to ${maxConnectionSize}.`);
  }
  return count;
};

const positionOf = <List, CursorPosition>(
  text: string | null | undefined,
  list: List,
  readCursor: (list: List, text: string) => CursorPosition,
): CursorPosition | undefined => (text === undefined || text === null ? undefined : readCursor(list, text));
