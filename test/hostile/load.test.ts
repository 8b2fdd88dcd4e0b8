import { afterEach, describe, expect, it } from 'vitest';
import { legal, refusals, withoutCredential } from './attacks.ts';
import { runLoad } from './load.ts';
import { type HostileRequest, type MeasuredGateway, startMeasuredGateway } from './measured-gateway.ts';

let gateway: MeasuredGateway;
afterEach(() => gateway.close());

describe('small questions beside three callers who ask the worst that they may', () => {
  it('are answered, in a heap of 256 MB, and keep to a multiple of what they take alone', async () => {
    gateway = await startMeasuredGateway({ heapMb: 256 });
    const worst = [...Object.values(refusals), ...Object.values(withoutCredential)];
    const headers = { authorization: `Bearer ${gateway.token}` };
    const all = [...Object.values(legal).map((query) => ({ headers, body: { query } })), ...worst];
    // Each of the three in an order of its own.
    const callers = [1, 2, 3].map(
      (step) => (turn: number) => all[(step - 1 + turn * step) % all.length] as HostileRequest,
    );
    const alone = await runLoad(gateway, { seconds: 3, beside: [] });
    const beside = await runLoad(gateway, { seconds: 12, beside: callers });
    const keptBytes = await gateway.keptBytes();
    expect(gateway.isAlive()).toBe(true);
    expect(beside.failed).toBe(0);
    expect(Math.min(...beside.askedBeside)).toBeGreaterThan(0);
    // The clock of a machine that has other work counts here, so this is no more than a bound on a standstill.
    expect(beside.p50Ms).toBeLessThan(Math.max(50, 30 * alone.p50Ms));
    expect(keptBytes).toBeLessThan(300_000_000);
  });
});
