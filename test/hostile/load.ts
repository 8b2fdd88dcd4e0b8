import type { HostileRequest, MeasuredGateway } from './measured-gateway.ts';

export interface LoadOptions {
  readonly seconds: number;
  /** How many ask the worst, one question after the other. */
  readonly callers: number;
  readonly worst: readonly HostileRequest[];
}

/** What small questions went through. */
export interface LoadResult {
  readonly asked: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly worstAsked: number;
}

const pauseMs = 10;

/** Asks a small question again and again for so long, while callers beside it ask the worst, each in an order of its own. */
export const runLoad = async (
  gateway: MeasuredGateway,
  { seconds, callers, worst }: LoadOptions,
): Promise<LoadResult> => {
  const endsAtMs = performance.now() + seconds * 1000;
  let worstAsked = 0;
  const askWorst = async (caller: number): Promise<void> => {
    for (let turn = caller; performance.now() < endsAtMs; turn += 1 + caller) {
      await gateway.send(worst[turn % worst.length] as HostileRequest);
      worstAsked++;
    }
  };
  const headers = { authorization: `Bearer ${gateway.token}` };
  const small = { headers, body: { query: '{ subjects(first: 5) { nodes { reference roles { nodes { name } } } } }' } };
  const timesMs: number[] = [];
  let failed = 0;
  const askSmall = async (): Promise<void> => {
    while (performance.now() < endsAtMs) {
      const startMs = performance.now();
      const { status, text } = await gateway.send(small);
      timesMs.push(performance.now() - startMs);
      if (status !== 200 || text.includes('"errors"')) failed++;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  await Promise.all([askSmall(), ...Array.from({ length: callers }, (_, caller) => askWorst(caller))]);
  timesMs.sort((a, b) => a - b);
  const at = (part: number): number => timesMs[Math.min(timesMs.length - 1, Math.floor(timesMs.length * part))] ?? 0;
  return { asked: timesMs.length, failed, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), worstAsked };
};
