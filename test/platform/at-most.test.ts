import { LRUCache } from 'lru-cache';
import { describe, expect, it } from 'vitest';
import { atMost } from '../../src/platform/at-most.ts';

describe('a cache of at most three', () => {
  it('lets the one go that was not asked for longest', () => {
    const cache = new LRUCache<string, string>(atMost(3));
    for (const key of ['a', 'b', 'c']) cache.set(key, key);
    cache.get('a');
    cache.set('d', 'd');
    expect([...cache.keys()]).toEqual(['d', 'a', 'c']);
  });

  it('counts an entry that is written again once', () => {
    const cache = new LRUCache<string, string>(atMost(3));
    for (const key of ['a', 'b', 'a', 'a', 'c']) cache.set(key, key);
    expect([...cache.keys()]).toEqual(['c', 'a', 'b']);
  });

  it.each([
    ['takes no memory for entries that are not there', atMost(10_000), []],
    ['which one with `max` does', { max: 10_000 }, [10_000]],
  ])('%s', (_what, options, expected) => {
    const { keyList, valList, next, prev } = LRUCache.unsafeExposeInternals(new LRUCache<string, string>(options));
    const lengths = [keyList, valList, next, prev].map(({ length }) => length);
    expect([...new Set(lengths)].filter((length) => length > 0)).toEqual(expected);
  });
});
