import { describe, expect, it } from 'vitest';
import { compareKeys, type KeyedList, listName, listOf, sliceOfKeyed } from '../../src/access/keyed-list.ts';

interface Item {
  readonly count: number;
  readonly name: string;
}

const directions = [-1, 1] as const;
const keyOf = ({ count, name }: Item) => [count, name];

const listAt = (asOfMs: number, items: readonly Item[], name = 'a list'): KeyedList<Item> =>
  listOf(
    items.toSorted((one, other) => compareKeys(keyOf(one), keyOf(other), directions)),
    keyOf,
    { name: listName(name), asOfMs, directions },
  );

const itemOf = (index: number): Item => ({ count: index % 7, name: `item ${index}` });
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Whether an item is there in a version of the list: two thirds come and go. */
const isThere = (index: number, version: number): boolean => index % 3 === 0 || (index * 31 + version * 17) % 5 < 3;

const versionOf = (version: number): KeyedList<Item> =>
  listAt(
    version,
    range(120)
      .filter((index) => isThere(index, version))
      .map(itemOf),
  );

const textsOf = (items: readonly Item[]): string[] => items.map(({ name }) => name);

describe('a list in order of its keys', () => {
  it.each([1, 3, 10, 50])('goes on behind a cursor when it was made anew, by pages of %i', (first) => {
    const met: Item[] = [];
    let version = 0;
    let after: string | undefined;
    for (;;) {
      // Every page is of another version.
      const slice = sliceOfKeyed(versionOf(version), { first, ...(after !== undefined && { after }) });
      expect(slice.totalCount()).toBe(versionOf(version).length);
      met.push(...slice.items);
      version++;
      if (!slice.hasNextPage() || slice.items.length === 0) break;
      after = slice.endCursor() ?? undefined;
    }
    expect(textsOf(met)).toEqual(
      textsOf(met.toSorted((one, other) => compareKeys(keyOf(one), keyOf(other), directions))),
    );
    expect(new Set(textsOf(met)).size).toBe(met.length);
    // What was there all the time was met, once.
    const always = textsOf(
      range(120)
        .filter((index) => index % 3 === 0)
        .map(itemOf),
    );
    expect(textsOf(met)).toEqual(expect.arrayContaining(always));
  });

  it('goes on behind an item that has gone, and in front of one, at the right place', () => {
    const before = listAt(1, range(20).map(itemOf));
    const cursor = sliceOfKeyed(before, { first: 8 }).endCursor() ?? '';
    const [gone] = sliceOfKeyed(before, { first: 8 }).items.slice(-1);
    const renewed = listAt(
      2,
      range(20)
        .map(itemOf)
        .filter(({ name }) => name !== gone?.name),
    );
    const whole = textsOf(sliceOfKeyed(before, { first: 20 }).items);
    expect(textsOf(sliceOfKeyed(renewed, { first: 20, after: cursor }).items)).toEqual(whole.slice(8));
    expect(textsOf(sliceOfKeyed(renewed, { last: 20, before: cursor }).items)).toEqual(whole.slice(0, 7));
    expect(sliceOfKeyed(renewed, { last: 3, before: cursor }).hasPreviousPage()).toBe(true);
  });

  it('takes no cursor of another list', () => {
    const cursor = sliceOfKeyed(listAt(1, range(5).map(itemOf)), { first: 1 }).endCursor() ?? '';
    expect(() => sliceOfKeyed(listAt(1, range(5).map(itemOf), 'another'), { after: cursor })).toThrow(
      expect.objectContaining({ code: 'INVALID_CURSOR' }),
    );
  });
});
