import { Client } from 'undici';
import { chanceFrom } from './chance.ts';
import type { Chance, Model, Question } from './model.ts';
import { makeQuestion } from './questions.ts';

export interface LoadOptions {
  /** Replicas: each question goes to one of them. */
  readonly gatewayUrls: readonly string[];
  /** Callers, each with the world that it may see. */
  readonly models: readonly Model[];
  readonly connections: number;
  /** Longest that a connection waits between an answer and its next question, in milliseconds; half of it on average. Default: 0. */
  readonly maxPauseMs?: number;
  readonly seconds: number;
  /** Ends before where there are so many answers. Default: never. */
  readonly maxAnswers?: number;
  readonly seed: number;
  /** What is asked. Default: questions of every kind. */
  readonly ask?: (model: Model, chance: Chance) => Question;
  /** Part of the questions that pass by what is kept, 0 to 1. Default: 0. */
  readonly noCachePart?: number;
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
const honestCodes = /^(?:UPSTREAM_[A-Z_]+|RATE_LIMITED|CALL_BUDGET_EXCEEDED|NAME_UNAVAILABLE)(?: |$)/;
const maxWrongKept = 5;
/** Well before the gateway ends an idle connection (65 s): on a machine that is late with everything both would do so at the same time, and a question be lost between them. */
const keepAliveMaxTimeout = 30_000;

/** Asks over many connections at the same time, and compares each answer with the model of whoever asked. */
export const runLoad = async (options: LoadOptions): Promise<LoadOutcome> => {
  const { gatewayUrls, models, connections, seconds, seed, maxPauseMs = 0, maxAnswers = Infinity } = options;
  const { ask: makeOne = makeQuestion, noCachePart = 0 } = options;
  const refused = new Map<string, number>();
  const wrong: string[] = [];
  const latenciesMs: number[] = [];
  let right = 0;
  const endMs = performance.now() + seconds * 1000;

  const work = async (number: number): Promise<void> => {
    const chance = chanceFrom(seed + number);
    const model = models[number % models.length] as Model;
    const clients = gatewayUrls.map((url) => new Client(url, { pipelining: 1, keepAliveMaxTimeout }));
    let wanted: Question | undefined;
    while (performance.now() < endMs && wrong.length < maxWrongKept && latenciesMs.length < maxAnswers) {
      if (maxPauseMs > 0) await sleep(chance() * maxPauseMs);
      const { query, variables, verdictOn, next }: Question = wanted ?? makeOne(model, chance);
      wanted = undefined;
      // What one of them has begun, another goes on with.
      const client = clients[Math.floor(chance() * clients.length)] as Client;
      const sentMs = performance.now();
      const text = await ask(client, JSON.stringify({ query, variables }), {
        authorization: `Bearer ${model.token}`,
        ...(noCachePart > 0 && chance() < noCachePart && { 'cache-control': 'no-cache' }),
      });
      latenciesMs.push(performance.now() - sentMs);
      const { data, verdict } = judge(text, verdictOn);
      if (verdict === undefined) {
        right++;
        wanted = next?.(data);
      } else if (honestCodes.test(verdict)) refused.set(verdict, (refused.get(verdict) ?? 0) + 1);
      else wrong.push(`${query} ${JSON.stringify(variables).slice(0, 200)}: ${verdict}`);
    }
    await Promise.all(clients.map((client) => client.destroy()));
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => work(number)));

  latenciesMs.sort((a, b) => a - b);
  const at = (part: number): number => latenciesMs[Math.floor(part * (latenciesMs.length - 1))] ?? 0;
  return { answers: latenciesMs.length, right, refused, wrong, medianMs: at(0.5), p99Ms: at(0.99) };
};

const ask = async (client: Client, body: string, headers: Readonly<Record<string, string>>): Promise<string> => {
  try {
    const answer = await client.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const text = await answer.body.text();
    return answer.statusCode === 200 ? text : `status ${answer.statusCode}: ${text}`;
  } catch (error) {
    return `no answer: ${(error as Error).message}`;
  }
};

interface Judged {
  readonly data?: unknown;
  /** Undefined: right. Else the codes of its errors, or what is wrong with it. */
  readonly verdict: string | undefined;
}

const judge = (text: string, verdictOn: Question['verdictOn']): Judged => {
  if (!text.startsWith('{')) return { verdict: text.slice(0, 500) };
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: { extensions?: { code?: string } }[] };
  if (errors === undefined) return { data, verdict: verdictOn(data) };
  const codes = [...new Set(errors.map(({ extensions }) => extensions?.code ?? 'none'))].sort();
  const areHonest = codes.every((code) => honestCodes.test(code));
  return { verdict: areHonest ? codes.join(' ') : `codes ${codes.join(' ')}: ${text.slice(0, 500)}` };
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
