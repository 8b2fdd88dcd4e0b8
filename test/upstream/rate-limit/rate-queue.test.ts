import { describe, expect, it } from 'vitest';
import { Aborter } from '../../../src/platform/abort.ts';
import { createCallBudget } from '../../../src/model/call-budget.ts';
import { createUpstreamReport } from '../../../src/model/upstream-report.ts';
import type { Call } from '../../../src/upstream/call.ts';
import { listRoleAssignments } from '../../../src/upstream/endpoints/role-assignments.ts';
import { createFairQueue } from '../../../src/upstream/rate-limit/fair-queue.ts';
import { createRateQueue, type RateQueue } from '../../../src/upstream/rate-limit/rate-queue.ts';
import { createRateWindow, windowMs, type RateWindow } from '../../../src/upstream/rate-limit/sliding-window.ts';
import { refusalOf } from '../harness.ts';
import { createManualClock } from '../../support/manual-clock.ts';

describe('a fair queue', () => {
  const lined = (...items: string[]) => {
    const line = createFairQueue<string>(1);
    for (const item of items) line.add([item.slice(0, 1)], item);
    return line;
  };

  it('serves lanes in turn, and each in its own order', () => {
    const line = lined('a1', 'a2', 'a3', 'b1', 'c1', 'c2');
    const order = ['a1', 'b1', 'c1', 'a2', 'c2', 'a3'];
    expect(line.inTurn()).toEqual(order);
    expect(Array.from({ length: 7 }, () => line.next())).toEqual([...order, undefined]);
    expect(line.size).toBe(0);
  });

  it('puts a lane that comes back at the end', () => {
    const line = lined('a1', 'b1');
    line.next();
    line.add(['a'], 'a2');
    expect(line.inTurn()).toEqual(['b1', 'a2']);
  });

  it('tells a newcomer how many come first', () => {
    expect(lined().ahead(['a'])).toBe(0);
    const line = lined(...Array.from({ length: 100 }, (_, i) => `a${i}`), 'b1');
    expect(['a', 'b', 'c'].map((key) => line.ahead([key]))).toEqual([101, 3, 2]);
  });

  it('lets go of items before their turn', () => {
    const line = lined('a1', 'a2', 'b1');
    line.remove(['b'], 'b1');
    line.remove(['a'], 'a1');
    line.remove(['a'], 'never there');
    line.remove(['never there'], 'a2');
    expect(line.inTurn()).toEqual(['a2']);
    expect(line.size).toBe(1);
  });

  it('serves outer lanes in turn, however many inner lanes one has', () => {
    const line = createFairQueue<string>(2);
    for (let i = 0; i < 100; i++) line.add(['greedy', `operation ${i}`], `greedy ${i}`);
    for (const item of ['modest 1', 'modest 2']) line.add(['modest', 'operation'], item);
    expect(line.ahead(['modest', 'operation'])).toBe(5);
    expect(line.ahead(['third', 'operation'])).toBe(2);
    const order = ['greedy 0', 'modest 1', 'greedy 1', 'modest 2', 'greedy 2', 'greedy 3'];
    expect(line.inTurn().slice(0, 6)).toEqual(order);
    expect(Array.from({ length: 6 }, () => line.next())).toEqual(order);
    expect(line.size).toBe(96);
  });

  it('predicts for every newcomer the turn that it then has', () => {
    const line = createFairQueue<string>(2);
    for (let i = 0; i < 60; i++) {
      const keys = [String((i * 7) % 4), String((i * 5) % 3)];
      const item = `${i}`;
      const ahead = line.ahead(keys);
      line.add(keys, item);
      // Exact but for the lanes of the same round that stand behind the newcomer's own.
      const turn = line.inTurn().indexOf(item);
      expect(ahead).toBeGreaterThanOrEqual(turn);
      expect(ahead - turn).toBeLessThan(4 + 3);
      if (i % 3 === 0) line.next();
    }
  });
});

/** The same window, at some distance, as one that replicas share is. */
const distant = (window: RateWindow): RateWindow => ({
  take: async (credentialKey, nowMs) => await window.take(credentialKey, nowMs),
  backOff: async (credentialKey, pauseMs, nowMs) => await window.backOff(credentialKey, pauseMs, nowMs),
  leave: (credentialKey, takenAtMs, nowMs) => window.leave(credentialKey, takenAtMs, nowMs),
});

describe.each([
  { name: 'a window in this process', place: (window: RateWindow) => window },
  { name: 'a window beside it', place: distant },
])('a rate queue over $name', ({ place }) => {
  const open = (limit = 2, maxWaitingPerCaller = 100) => {
    const clock = createManualClock();
    const startMs = clock.nowMs();
    const window = place(createRateWindow({ limit }));
    const queue: RateQueue = createRateQueue({ window, clock, limit, maxWaitingPerCaller });
    const served: string[] = [];
    const ask = (id: string, { signal = new Aborter().signal, timeoutMs = 60_000, credentialKey = 'k' } = {}) => {
      const operation = {
        id: id.slice(0, 1),
        signal,
        deadlineMs: startMs + timeoutMs,
        budget: createCallBudget(1),
        report: createUpstreamReport(),
        bypassCache: false,
      };
      const call: Call = {
        endpoint: listRoleAssignments,
        path: '/',
        credentialKey,
        signal,
        deadlineMs: operation.deadlineMs,
        operation,
      };
      const note = (): void => void served.push(`${id} ${clock.nowMs() - startMs}`);
      return (queue.slot(call) ?? Promise.resolve()).then(note);
    };
    return { clock, queue, served, ask };
  };

  it('gives slots in turn between operations', async () => {
    const { clock, served, ask, queue } = open();
    const all = Promise.all(['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2'].map((id) => ask(id)));
    await clock.run(all);
    const [first, second, third] = [windowMs, 2 * windowMs, 3 * windowMs];
    const early = served.slice(0, 2).map((entry) => entry.split(' ')[1]);
    expect(early).toEqual(['0', '0']);
    expect(served.slice(2).map((entry) => Number(entry.split(' ')[1]))).toEqual([first, first, second, second, third]);
    // b came last with its two, and is served before a has had its five.
    expect(served.slice(-1)).toEqual([`a5 ${third}`]);
    expect(queue.waiting).toBe(0);
  });

  it('refuses who would come too late, and who has too many waiting', async () => {
    const { clock, ask } = open(1, 3);
    await ask('a1');
    const work = [ask('a2'), ask('a3'), ask('a4')];
    await clock.quiet();
    const late = ask('b1', { timeoutMs: 500 });
    await expect(late).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(ask('c1')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await clock.run(Promise.all(work));
  });

  it('tells who waits already when a pause leaves them no time', async () => {
    const { clock, queue, ask } = open(1);
    await ask('a1');
    const short = ask('a2', { timeoutMs: 5000 });
    const refusal = refusalOf(short);
    const long = ask('b1');
    await clock.quiet();
    await queue.backOff('k', 30_000);
    expect(await refusal).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 30_000 });
    const atMs = clock.nowMs();
    await clock.run(long);
    expect(clock.nowMs() - atMs).toBe(30_000);
  });

  it('lets go of who leaves, and of every timer with the last one', async () => {
    const { clock, queue, ask } = open(1);
    await ask('a1');
    const leaving = new Aborter();
    const work = [ask('a2', { signal: leaving.signal }), ask('b1', { signal: leaving.signal })];
    const over = Promise.allSettled(work);
    await clock.quiet();
    leaving.abort(new Error('left'));
    expect((await over).map((result) => result.status === 'rejected' && String(result.reason))).toEqual([
      'Error: left',
      'Error: left',
    ]);
    await clock.quiet();
    expect(queue.waiting).toBe(0);
    expect(clock.waiting).toBe(0);
    await expect(ask('c1', { signal: leaving.signal })).rejects.toThrow('left');
  });

  it('keeps credentials apart', async () => {
    const { clock, served, ask } = open(1);
    await clock.run(Promise.all([ask('a1'), ask('a2'), ask('b1', { credentialKey: 'other' })]));
    expect(served.toSorted()).toEqual(['a1 0', `a2 ${windowMs}`, 'b1 0']);
  });
});
