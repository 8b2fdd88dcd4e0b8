import { describe, expect, it } from 'vitest';
import { createRateWindow, windowMs } from '../../../src/upstream/rate-limit/sliding-window.ts';
import { heldBytes } from '../../support/held-bytes.ts';

// What every window promises is in windows.test.ts; here is what only one in this process can be asked.

describe('a rate window in this process', () => {
  it('waits for one window at most when the wall clock is set back', async () => {
    const window = createRateWindow({ limit: 1, addressLimit: 1 });
    await window.take('a', 3_600_000);
    expect(await window.take('a', 0)).toBeUndefined();
    await window.take('a', 10_000);
    expect((await window.take('a', 9900))?.ownMs).toBeLessThanOrEqual(windowMs + 100);
  });

  it('forgets credentials that are idle, also behind one that waits out a pause', async () => {
    const window = createRateWindow({ limit: 10 });
    const heldBefore = heldBytes();
    await window.backOff('paused', 120_000, 0);
    for (let i = 0; i < 50_000; i++) await window.take(`made up ${i}`, 2 * windowMs + i);
    // Each that is kept takes some 500 bytes: what a second brings is kept, and not what a minute did.
    expect(heldBytes() - heldBefore).toBeLessThan(15_000_000);
    expect((await window.take('paused', 60_000))?.ownMs).toBe(60_000);
  });
});
