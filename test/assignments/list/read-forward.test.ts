import { describe, expect, it } from 'vitest';
import { choosePageSize } from '../../../src/assignments/list/read-forward.ts';

describe('the size of the next page', () => {
  it.each([
    {
      wanted: 50,
      previousSize: undefined,
      readAhead: true,
      size: 50,
      why: 'a client may want no more than it asked for',
    },
    { wanted: 50, previousSize: 50, readAhead: true, size: 100, why: 'a client that pages on will go on' },
    { wanted: 50, previousSize: 600, readAhead: true, size: 1000, why: 'upstream gives no more' },
    { wanted: 700, previousSize: 50, readAhead: true, size: 700, why: 'more is wanted now' },
    { wanted: 50, previousSize: 50, readAhead: false, size: 50, why: 'nothing is kept' },
    { wanted: 0, previousSize: undefined, readAhead: false, size: 1, why: 'upstream takes 0 for its default' },
    { wanted: -3, previousSize: undefined, readAhead: false, size: 1, why: 'nothing is wanted' },
    { wanted: 5000, previousSize: undefined, readAhead: false, size: 1000, why: 'upstream gives no more' },
  ])('is $size for $wanted after $previousSize where $why', ({ size, ...wishes }) => {
    expect(choosePageSize(wishes)).toBe(size);
  });
});
