import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListInMemory, type CursorKeys, sliceOf } from '../../src/assignments/in-memory-list.ts';
import type { ConnectionArgs } from '../../src/assignments/assignments.ts';
import { addText, emptyChecksum } from '../../src/platform/checksum.ts';

const names: CursorKeys<string, unknown> = {
  sumOf: (owner, ownArguments) => addText(addText(emptyChecksum, owner), ownArguments),
  addItem: (sum, item) => addText(sum, String(item)),
};
const alice = { names, owner: 'alice', ownArguments: '' };
/** The items, named as they read. */
const listOf = <Item>(items: readonly Item[], of: Omit<ListInMemory<string, unknown>, 'items'> = alice) => ({
  ...of,
  items,
});
const letters = ['a', 'b', 'c', 'd', 'e'];
const refusal = expect.objectContaining({ code: 'INVALID_CURSOR' });

describe('a list in memory', () => {
  it('is cut as Relay says, whatever cursors it is cut by', () => {
    const index = fc.option(fc.nat(30), { nil: undefined, freq: 2 });
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.constantFrom('first', 'last'),
        fc.nat(40),
        index,
        index,
        (length, from, count, after, before) => {
          const items = Array.from({ length }, (_, at) => at);
          const whole = sliceOf(listOf(items), { first: 1000 });
          const cursor = (at: number | undefined) =>
            at === undefined || at >= length ? undefined : whole.cursorAt(at);
          const slice = sliceOf(listOf(items), { [from]: count, after: cursor(after), before: cursor(before) });

          const min = after === undefined || after >= length ? 0 : after + 1;
          const max = Math.max(min, before === undefined || before >= length ? length : before);
          const between = items.slice(min, max);
          const expected =
            from === 'first' ? between.slice(0, count) : between.slice(Math.max(0, between.length - count));
          expect(slice.items).toEqual(expected);
          expect(slice.totalCount()).toBe(length);
          expect(slice.startCursor()).toBe(expected.length === 0 ? null : whole.cursorAt(expected[0] as number));
          expect(slice.endCursor()).toBe(expected.length === 0 ? null : whole.cursorAt(expected.at(-1) as number));
          expected.forEach((item, at) => expect(slice.cursorAt(at)).toBe(whole.cursorAt(item)));
          const start = from === 'first' ? min : max - expected.length;
          expect(slice.hasPreviousPage()).toBe(start > 0);
          expect(slice.hasNextPage()).toBe(start + expected.length < length);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is given itself where all of it is asked for', () => {
    expect(sliceOf(listOf(letters), {}).items).toBe(letters);
  });

  it('tells exact flags where nothing is asked for', () => {
    const [first, last] = [sliceOf(listOf(letters), { first: 0 }), sliceOf(listOf(letters), { last: 0 })];
    expect([first.hasPreviousPage(), first.hasNextPage()]).toEqual([false, true]);
    expect([last.hasPreviousPage(), last.hasNextPage()]).toEqual([true, false]);
    const empty = sliceOf(listOf([]), {});
    expect([empty.hasPreviousPage(), empty.hasNextPage(), empty.totalCount()]).toEqual([false, false, 0]);
  });

  it.each([
    ['has lost items', ['a', 'b']],
    ['has got one in front', ['_', 'a', 'b', 'c', 'd', 'e']],
    ['has got one behind', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['has its items in another order', ['a', 'c', 'b', 'd', 'e']],
    ['has nothing left', []],
  ])('says that a cursor has expired where the list %s since', (_, now) => {
    const cursor = sliceOf(listOf(letters), {}).cursorAt(1);
    const expired = expect.objectContaining({ code: 'EXPIRED_CURSOR' });
    expect(() => sliceOf(listOf(now), { after: cursor })).toThrow(expired);
    expect(() => sliceOf(listOf(now), { last: 1, before: cursor })).toThrow(expired);
  });

  it('refuses cursors of other lists and broken ones', () => {
    const cursor = sliceOf(listOf(letters), {}).cursorAt(1);
    const read = (after: string, of = alice) => sliceOf(listOf(letters, of), { after });
    expect(read(cursor).items).toEqual(['c', 'd', 'e']);
    expect(() => read(cursor, { ...alice, owner: 'bob' })).toThrow(refusal);
    expect(() => read(cursor, { ...alice, owner: 'alic', ownArguments: 'e' })).toThrow(refusal);
    for (const text of ['', 'x', `${cursor}0`, cursor.slice(0, -1), cursor.toUpperCase()]) {
      expect(() => read(text)).toThrow(refusal);
    }
    for (let at = 0; at < cursor.length; at++) {
      for (const character of 'az09AZ-_') {
        if (character === cursor[at]) continue;
        expect(() => read(cursor.slice(0, at) + character + cursor.slice(at + 1))).toThrow(refusal);
      }
    }
  });

  it('is not asked for its name where no cursor is read or written', () => {
    const nameless = {
      ...alice,
      names: {
        ...names,
        sumOf: () => {
          throw new Error('asked for its name');
        },
      },
    };
    const slice = sliceOf(listOf(letters, nameless), { first: 2 });
    expect([slice.items, slice.hasNextPage(), slice.totalCount()]).toEqual([['a', 'b'], true, 5]);
    expect(() => slice.endCursor()).toThrow('asked for its name');
  });

  it.each<ConnectionArgs>([{ first: -1 }, { first: 1001 }, { first: 1, last: 1 }])('refuses %j', (args) => {
    expect(() => sliceOf(listOf(letters), args)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
