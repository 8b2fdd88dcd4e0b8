import { describe, expect, it } from 'vitest';
import { createTurns } from '../../src/platform/turns.ts';

const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve));

/** Turns on a clock that work moves by hand. */
const setUp = () => {
  let nowMs = 0;
  const turns = createTurns({ sliceMs: 10, nowMs: () => nowMs });
  return { turns, work: (ms: number) => (nowMs += ms) };
};

describe('turns', () => {
  it('are over when the work of all has taken its time, and begin anew with the loop', async () => {
    const { turns, work } = setUp();
    expect(turns.isOver()).toBe(false);
    work(9);
    expect(turns.isOver()).toBe(false);
    work(1);
    expect(turns.isOver()).toBe(true);
    await turnOfLoop();
    expect(turns.isOver()).toBe(false);
  });

  it('call back whoever waits, as many as there is time for', async () => {
    const { turns, work } = setUp();
    const called: number[] = [];
    for (let i = 0; i < 5; i++) {
      turns.wait(turns, () => {
        called.push(i);
        work(6);
      });
    }
    expect(called).toEqual([]);
    await turnOfLoop();
    expect(called).toEqual([0, 1]);
    await turnOfLoop();
    expect(called).toEqual([0, 1, 2, 3]);
    await turnOfLoop();
    expect(called).toEqual([0, 1, 2, 3, 4]);
  });

  it('come to each owner in turn, however many of its things wait', async () => {
    const { turns, work } = setUp();
    const [greedy, modest] = [{}, {}];
    const called: string[] = [];
    const wait = (owner: object, name: string) =>
      turns.wait(owner, () => {
        called.push(name);
        work(10);
      });
    for (let i = 0; i < 4; i++) wait(greedy, `g${i}`);
    wait(modest, 'm0');
    wait(modest, 'm1');
    while (called.length < 6) await turnOfLoop();
    expect(called).toEqual(['g0', 'm0', 'g1', 'm1', 'g2', 'g3']);
  });

  it('come to who has hardly waited before they come to long work, and are not over then', async () => {
    const { turns, work } = setUp();
    const longWork: object[] = [];
    const workLong = (owner: object): void =>
      turns.wait(owner, () => {
        work(10);
        if (longWork.push(owner) < 200) workLong(owner);
      });
    for (let i = 0; i < 3; i++) workLong({});
    while (longWork.length < 60) await turnOfLoop();
    const before = longWork.length;
    const modest = {};
    for (let i = 0; i < 5; i++) {
      await new Promise<void>((resolve) => turns.wait(modest, resolve));
      expect(turns.isOver()).toBe(false);
    }
    // As it works, it waits a turn of others at most.
    expect(longWork.length - before).toBeLessThanOrEqual(5);
    while (longWork.length < 200) await turnOfLoop();
  });

  it('come to long work as well, however many others come', async () => {
    const { turns, work } = setUp();
    const longWork: object[] = [];
    const workLong = (): void =>
      turns.wait(turns, () => {
        work(10);
        longWork.push(turns);
        workLong();
      });
    workLong();
    while (longWork.length < 20) await turnOfLoop();
    for (let i = 0; i < 100; i++) {
      turns.wait({}, () => work(10));
      turns.wait({}, () => work(10));
      await turnOfLoop();
    }
    expect(longWork.length).toBeGreaterThanOrEqual(20 + 100 / 4);
  });

  it('let what waits inside of something go before what is around it', async () => {
    const { turns, work } = setUp();
    const called: string[] = [];
    const step =
      (name: string, inside: readonly string[] = []) =>
      () => {
        called.push(name);
        work(10);
        for (const one of inside) turns.wait(turns, step(one));
      };
    turns.wait(turns, step('a', ['a inside', 'a around it']));
    turns.wait(turns, step('b'));
    while (called.length < 4) await turnOfLoop();
    expect(called).toEqual(['a', 'a inside', 'a around it', 'b']);
  });

  it('count what goes on behind promises, too', async () => {
    const { turns, work } = setUp();
    const called: number[] = [];
    const goOn = async (number: number): Promise<void> => {
      await new Promise<void>((resolve) => turns.wait(turns, resolve));
      // As in a function that waits for another, which waits for a turn.
      for (let i = 0; i < 10; i++) await Promise.resolve();
      called.push(number);
      work(6);
    };
    for (let i = 0; i < 5; i++) void goOn(i);
    await turnOfLoop();
    expect(called).toEqual([0, 1]);
    await turnOfLoop();
    expect(called).toEqual([0, 1, 2, 3]);
    await turnOfLoop();
    expect(called).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('whoever gathers what all of an owner asks for', () => {
  it('is called at once where nothing waits, and else when nothing waits any more', async () => {
    const { turns, work } = setUp();
    const called: string[] = [];
    turns.whenIdle(turns, () => called.push('at once'));
    expect(called).toEqual(['at once']);
    turns.wait(turns, () => {
      work(10);
      expect(turns.isWaiting(turns)).toBe(true);
      turns.wait(turns, () => called.push('inside'));
    });
    turns.whenIdle(turns, () => called.push('idle'));
    turns.whenIdle({}, () => called.push('another'));
    expect(turns.isWaiting(turns)).toBe(true);
    while (turns.isWaiting(turns)) await turnOfLoop();
    expect(called).toEqual(['at once', 'another', 'inside', 'idle']);
  });
});
