import type { HostileRequest, MeasuredGateway } from './measured-gateway.ts';

export interface LoadOptions {
  readonly seconds: number;
  /** For each who asks beside the small questions, one request after the other: what they ask, `turn` after `turn`. */
  readonly beside: readonly ((turn: number) => HostileRequest)[];
  /** Small questions are asked at this rate, whether earlier ones are answered or not. Default: the next one a moment after each answer. */
  readonly perSecond?: number;
}

/** What small questions went through. Times begin when a question was to be asked, so that a standstill counts for all that came into it. */
export interface LoadResult {
  readonly asked: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How many requests each of those beside them sent. */
  readonly askedBeside: readonly number[];
}

const pauseMs = 10;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks a small question again and again for so long, while others beside it ask what they like. */
export const runLoad = async (
  { send, token }: Pick<MeasuredGateway, 'send' | 'token'>,
  { seconds, beside, perSecond }: LoadOptions,
): Promise<LoadResult> => {
  const startsAtMs = performance.now();
  const endsAtMs = startsAtMs + seconds * 1000;
  const askedBeside = beside.map(() => 0);
  const askBeside = async (requestOf: (turn: number) => HostileRequest, who: number): Promise<void> => {
    for (let turn = 0; performance.now() < endsAtMs; turn++) {
      await send(requestOf(turn));
      askedBeside[who] = turn + 1;
    }
  };
  const headers = { authorization: `Bearer ${token}` };
  const small = { headers, body: { query: '{ subjects(first: 5) { nodes { reference roles { nodes { name } } } } }' } };
  const timesMs: number[] = [];
  let failed = 0;
  const askOnce = async (dueAtMs: number): Promise<void> => {
    const { status, text } = await send(small);
    timesMs.push(performance.now() - dueAtMs);
    if (status !== 200 || text.includes('"errors"')) failed++;
  };
  const askInTurn = async (): Promise<void> => {
    while (performance.now() < endsAtMs) {
      await askOnce(performance.now());
      await pause(pauseMs);
    }
  };
  const askAtRate = async (stepMs: number): Promise<void> => {
    const answers: Promise<void>[] = [];
    for (let dueAtMs = startsAtMs; dueAtMs < endsAtMs; dueAtMs += stepMs) {
      await pause(Math.max(0, dueAtMs - performance.now()));
      answers.push(askOnce(dueAtMs));
    }
    await Promise.all(answers);
  };
  await Promise.all([perSecond === undefined ? askInTurn() : askAtRate(1000 / perSecond), ...beside.map(askBeside)]);
  timesMs.sort((a, b) => a - b);
  const at = (part: number): number => timesMs[Math.min(timesMs.length - 1, Math.floor(timesMs.length * part))] ?? 0;
  return { asked: timesMs.length, failed, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), askedBeside };
};
