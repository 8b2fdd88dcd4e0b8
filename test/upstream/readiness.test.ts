import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BreakerState } from '../../src/upstream/policies/circuit-breaker.ts';
import { createProbe } from '../../src/upstream/readiness.ts';
import { createManualClock } from '../support/manual-clock.ts';

let server: Server;
let port = 0;
let connections = 0;
const clock = createManualClock();

beforeEach(async () => {
  connections = 0;
  server = createServer((socket) => {
    connections++;
    socket.resume().on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as { port: number });
});
afterEach(() => server.close());

const probeWith = (state: BreakerState = 'closed', aliveAtMs?: number) =>
  createProbe({ baseUrl: `http://127.0.0.1:${port}`, breaker: { state, aliveAtMs }, clock });

describe('the probe', () => {
  it('opens one connection in ten seconds, however often it is asked', async () => {
    const probe = probeWith();
    expect(await Promise.all([probe(), probe(), probe()])).toEqual([true, true, true]);
    clock.advance(9999);
    expect(await probe()).toBe(true);
    expect(connections).toBe(1);
    clock.advance(1);
    expect(await probe()).toBe(true);
    expect(connections).toBe(2);
  });

  it('needs no connection where upstream answered lately', async () => {
    expect(await probeWith('closed', clock.nowMs() - 5000)()).toBe(true);
    expect(connections).toBe(0);
    expect(await probeWith('closed', clock.nowMs() - 10_000)()).toBe(true);
    expect(connections).toBe(1);
  });

  it('needs none where the breaker says that upstream is dead', async () => {
    expect(await probeWith('open', clock.nowMs())()).toBe(false);
    expect(connections).toBe(0);
  });

  it('says no where nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await probeWith()()).toBe(false);
  });
});
