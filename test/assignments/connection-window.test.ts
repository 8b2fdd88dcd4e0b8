import { describe, expect, it } from 'vitest';
import type { ConnectionArgs } from '../../src/assignments/assignments.ts';
import { windowOf } from '../../src/assignments/connection-window.ts';

const windowFor = (args: ConnectionArgs) => windowOf(args, 'list', (list, text) => `${list}: place ${text}`);
const nowhere = { after: undefined, before: undefined };

describe("Relay's arguments", () => {
  it.each<[ConnectionArgs, object]>([
    [{}, { from: 'start', count: 50, ...nowhere }],
    [
      { first: null, last: null, after: null, before: null },
      { from: 'start', count: 50, ...nowhere },
    ],
    [{ first: 0 }, { from: 'start', count: 0, ...nowhere }],
    [{ first: 1000 }, { from: 'start', count: 1000, ...nowhere }],
    [{ last: 0 }, { from: 'end', count: 0, ...nowhere }],
    [{ last: 7 }, { from: 'end', count: 7, ...nowhere }],
    [{ after: 'a' }, { from: 'start', count: 50, after: 'list: place a', before: undefined }],
    [{ before: 'b' }, { from: 'start', count: 50, after: undefined, before: 'list: place b' }],
    [
      { last: 3, before: 'b', after: 'a' },
      { from: 'end', count: 3, after: 'list: place a', before: 'list: place b' },
    ],
    [
      { first: null, last: 3 },
      { from: 'end', count: 3, ...nowhere },
    ],
    // An empty text is a broken cursor, and no missing one.
    [{ after: '' }, { from: 'start', count: 50, after: 'list: place ', before: undefined }],
  ])('%j are %j', (args, window) => {
    expect(windowFor(args)).toEqual(window);
  });

  it.each<[ConnectionArgs, string]>([
    [{ first: -1 }, '`first` must be a whole number from 0 to 1000.'],
    [{ first: 1001 }, '`first` must be a whole number from 0 to 1000.'],
    [{ first: 1.5 }, '`first` must be a whole number from 0 to 1000.'],
    [{ first: Number.NaN }, '`first` must be a whole number from 0 to 1000.'],
    [{ last: -1 }, '`last` must be a whole number from 0 to 1000.'],
    [{ last: 1001 }, '`last` must be a whole number from 0 to 1000.'],
    [{ first: 1, last: 1 }, 'Ask for `first` or for `last`, not for both at once.'],
    [{ first: 0, last: 0 }, 'Ask for `first` or for `last`, not for both at once.'],
  ])('%j are refused', (args, message) => {
    expect(() => windowFor(args)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', message }));
  });
});
