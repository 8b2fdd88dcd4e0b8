import { describe, expect, it } from 'vitest';
import { Aborter, type Signal } from '../../src/platform/abort.ts';

/** The same asked of ours and of the platform's, which it stands in for. */
describe.each([
  ['Aborter', () => new Aborter()],
  ['AbortController', () => new AbortController()],
])('the signal of an %s', (_, create) => {
  it('tells that nothing has happened yet', () => {
    const signal: Signal = create().signal;
    expect([signal.aborted, signal.reason]).toEqual([false, undefined]);
    expect(() => signal.throwIfAborted()).not.toThrow();
  });

  it('calls each listener once, in their order, before abort returns, and keeps the first reason', () => {
    const aborter = create();
    const signal: Signal = aborter.signal;
    const calls: unknown[] = [];
    const first = () => calls.push(['first', signal.aborted, signal.reason]);
    signal.addEventListener('abort', first, { once: true });
    signal.addEventListener('abort', first, { once: true });
    signal.addEventListener('abort', () => calls.push('second'), { once: true });
    const reason = new Error('enough');
    aborter.abort(reason);
    aborter.abort(new Error('again'));
    expect(calls).toEqual([['first', true, reason], 'second']);
    expect(signal.reason).toBe(reason);
    expect(() => signal.throwIfAborted()).toThrow(reason);
  });

  it('does not call who has left, or came too late', () => {
    const aborter = create();
    const signal: Signal = aborter.signal;
    const calls: string[] = [];
    const leaves = () => void calls.push('left');
    const staysAway = () => void calls.push('never came');
    signal.addEventListener('abort', leaves, { once: true });
    // A listener that takes another away as it is called.
    const takes = () => signal.removeEventListener('abort', taken);
    const taken = () => void calls.push('taken away');
    signal.addEventListener('abort', takes, { once: true });
    signal.addEventListener('abort', taken, { once: true });
    signal.removeEventListener('abort', leaves);
    signal.removeEventListener('abort', staysAway);
    aborter.abort(new Error('enough'));
    signal.addEventListener('abort', () => calls.push('late'), { once: true });
    expect(calls).toEqual([]);
  });
});
