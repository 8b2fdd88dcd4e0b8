import { Client } from 'undici';
import { type Chance, makeQuestion, type Model } from './model.ts';

export interface LoadOptions {
  readonly gatewayUrl: string;
  /** Callers, each with the world that it may see. */
  readonly models: readonly Model[];
  readonly connections: number;
  readonly seconds: number;
  readonly seed: number;
}

export interface LoadOutcome {
  readonly answers: number;
  /** Answers that are whole and right. */
  readonly right: number;
  /** Answers that say by a code of upstream's that something failed there. */
  readonly refused: ReadonlyMap<string, number>;
  /** Everything else: other data than the model's, other codes, no answer. */
  readonly wrong: readonly string[];
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** What faults of upstream may make of an answer, at most. */
const honestCodes = /^(?:UPSTREAM_|RATE_LIMITED$|CALL_BUDGET_EXCEEDED$)/;
const maxWrongKept = 5;

/** Asks over many connections at the same time, and compares each answer with the model of whoever asked. */
export const runLoad = async (options: LoadOptions): Promise<LoadOutcome> => {
  const { gatewayUrl, models, connections, seconds, seed } = options;
  const refused = new Map<string, number>();
  const wrong: string[] = [];
  const latenciesMs: number[] = [];
  let right = 0;
  const endMs = performance.now() + seconds * 1000;

  const work = async (number: number): Promise<void> => {
    const chance = chanceFrom(seed + number);
    const model = models[number % models.length] as Model;
    const client = new Client(gatewayUrl, { pipelining: 1 });
    while (performance.now() < endMs && wrong.length < maxWrongKept) {
      const { query, variables, expected } = makeQuestion(model, chance);
      const sentMs = performance.now();
      const text = await ask(client, model.token, JSON.stringify({ query, variables }));
      latenciesMs.push(performance.now() - sentMs);
      const verdict = judge(text, expected);
      if (verdict === undefined) right++;
      else if (honestCodes.test(verdict)) refused.set(verdict, (refused.get(verdict) ?? 0) + 1);
      else wrong.push(`${query} ${JSON.stringify(variables).slice(0, 200)}: ${verdict}`);
    }
    await client.destroy();
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => work(number)));

  latenciesMs.sort((a, b) => a - b);
  const at = (part: number): number => latenciesMs[Math.floor(part * (latenciesMs.length - 1))] ?? 0;
  return { answers: latenciesMs.length, right, refused, wrong, medianMs: at(0.5), p99Ms: at(0.99) };
};

const ask = async (client: Client, token: string, body: string): Promise<string> => {
  try {
    const answer = await client.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body,
    });
    const text = await answer.body.text();
    return answer.statusCode === 200 ? text : `status ${answer.statusCode}: ${text}`;
  } catch (error) {
    return `no answer: ${(error as Error).message}`;
  }
};

/** Undefined: right. Else the code of its only kind of error, or what is wrong with it. */
const judge = (text: string, expected: string): string | undefined => {
  if (!text.startsWith('{')) return text.slice(0, 500);
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: { extensions?: { code?: string } }[] };
  if (errors === undefined) {
    const given = JSON.stringify(data);
    return given === expected ? undefined : differenceOf(given, expected);
  }
  const codes = [...new Set(errors.map(({ extensions }) => extensions?.code ?? 'none'))];
  return codes.every((code) => honestCodes.test(code)) ? codes.sort().join(' ') : `codes ${codes.join(' ')}: ${text}`;
};

/** Where two texts part, with some of each. */
const differenceOf = (given: string, expected: string): string => {
  let at = 0;
  while (given[at] === expected[at]) at++;
  const from = Math.max(0, at - 80);
  return `got …${given.slice(from, at + 80)}… and not …${expected.slice(from, at + 80)}…`;
};

/** Mulberry32: small, fast, and the same for the same seed. */
const chanceFrom = (seed: number): Chance => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
