import { describe, expect, it } from 'vitest';
import { andThen, onceSettled, onceSettledFor } from '../../src/platform/maybe-promise.ts';

describe('what may come later', () => {
  it('leads on at once where it is there, and else when it comes', async () => {
    expect(andThen(1, (one) => one + 1)).toBe(2);
    const later = andThen(Promise.resolve(1), (one) => one + 1);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(2);
  });

  it('is made once, and there at once for who asks when it has come', async () => {
    let made = 0;
    const ask = onceSettled(() => Promise.resolve(++made));
    const first = ask();
    expect(ask()).toBe(first);
    expect(await first).toBe(1);
    expect(ask()).toBe(1);
  });

  it('fails again for who asks when it has failed', async () => {
    const ask = onceSettled(() => Promise.reject(new Error('no')));
    await expect(ask()).rejects.toThrow('no');
    await expect(ask()).rejects.toThrow('no');
  });

  it('is made once for each thing', async () => {
    const made: object[] = [];
    const ask = onceSettledFor((thing: object) => Promise.resolve(made.push(thing)));
    const [one, other] = [{}, {}];
    expect(await Promise.all([ask(one), ask(one), ask(other)])).toEqual([1, 1, 2]);
    expect([ask(one), ask(other)]).toEqual([1, 2]);
    expect(made).toEqual([one, other]);
  });
});
