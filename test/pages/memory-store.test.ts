import { describe, expect, it } from 'vitest';
import { createMemoryStore, type Kept, type MemoryStore } from '../../src/pages/memory-store.ts';
import { createManualClock } from '../support/manual-clock.ts';

const openStore = (maxBytes: number): MemoryStore => {
  let version = 0;
  return createMemoryStore({
    clock: createManualClock(),
    maxBytes,
    nextVersion: () => ++version,
    sweepEveryMs: 1000,
  });
};

interface Told extends Kept {
  readonly name: string;
}

/** Things of ten bytes that note who was dropped, and do `onDropped` then. */
const createThings = (onDropped: (kept: Told) => void) => {
  const dropped: string[] = [];
  const make = (name: string, credentialKey = 'alice'): Told => {
    const kept: Told = {
      name,
      credentialKey,
      sizeBytes: 10,
      expiresAtMs: Infinity,
      dropped() {
        dropped.push(name);
        onDropped(kept);
      },
    };
    return kept;
  };
  return { make, dropped };
};

describe('the memory of what is kept', () => {
  it('lets go once of what is dropped again by whoever is told of it', () => {
    const store = openStore(30);
    const { make, dropped } = createThings((kept) => store.drop(kept));
    for (const name of ['a', 'b', 'c', 'd', 'e']) store.hold(make(name));
    expect(dropped).toEqual(['a', 'b']);
    expect({ count: store.count, sizeBytes: store.sizeBytes }).toEqual({ count: 3, sizeBytes: 30 });
    store.dropAllOf('alice');
    expect(dropped.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect({ count: store.count, sizeBytes: store.sizeBytes }).toEqual({ count: 0, sizeBytes: 0 });
    expect(store.holds('alice')).toBe(false);
  });

  it('holds again what it has let go of, and lets go of what was of no use for longest', () => {
    const store = openStore(30);
    const { make, dropped } = createThings(() => {});
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => make(name)) as [Told, Told, Told, Told];
    for (const thing of [a, b, c]) store.hold(thing);
    store.drop(b);
    store.drop(b);
    store.touch(b);
    store.hold(b);
    store.touch(a);
    store.hold(d);
    expect(dropped).toEqual(['b', 'c']);
    expect(store.count).toBe(3);
    store.dropAllOf('alice');
    expect(dropped).toEqual(['b', 'c', 'd', 'a', 'b']);
  });

  it('goes on counting right after that', () => {
    const store = openStore(30);
    const { make } = createThings((kept) => store.drop(kept));
    for (let index = 0; index < 100; index++) {
      store.hold(make(`${index}`, index % 2 === 0 ? 'alice' : 'bob'));
      expect(store.sizeBytes).toBe(10 * store.count);
      expect(store.count).toBe(Math.min(3, index + 1));
      expect([...store.credentials()].toSorted()).toEqual(index === 0 ? ['alice'] : ['alice', 'bob']);
    }
  });

  it.each([1, 2, 3, 5])('closes where whoever is told drops all others: %i', (count) => {
    const store = openStore(1000);
    const things: Told[] = [];
    const { make, dropped } = createThings(() => {
      for (const other of things) store.drop(other);
    });
    for (let index = 0; index < count; index++) things.push(make(`${index}`));
    for (const kept of things) store.hold(kept);
    store.close();
    expect(dropped.toSorted()).toEqual(things.map(({ name }) => name));
    expect({ count: store.count, sizeBytes: store.sizeBytes }).toEqual({ count: 0, sizeBytes: 0 });
    expect(store.holds('alice')).toBe(false);
  });
});
