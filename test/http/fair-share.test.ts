import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../support/running-gateway.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';
import { createManualClock } from '../support/manual-clock.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const greedy = { 'x-api-key': 'key-of-greedy' };
const modest = { 'x-api-key': 'key-of-modest' };

const open = async () => {
  const clock = createManualClock();
  gateway = await runGateway({
    isSandboxMode: false,
    sandbox: { clock },
    parts: { clock },
    settings: {
      auth: 'service',
      username: 'administrator@sandbox.example',
      password: 'sandbox-administrator',
      apiKeys: ['greedy:key-of-greedy', 'modest:key-of-modest'],
      rateLimit: 1,
      cacheTtlMs: 0,
    },
  });
  return clock;
};

const ask = (headers: Record<string, string>, number: number) =>
  gateway.ask<{ subject: null }, object>(`{ subject(reference: "nobody ${number}") { id } }`, {}, headers);

const many = (headers: Record<string, string>, count: number) =>
  Array.from({ length: count }, (_, number) => ask(headers, number));

const codes = (answers: readonly Answer<object>[]) => answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK');

describe('callers who share one credential', () => {
  it('are served in turn: one that waits with many does not hold up another', async () => {
    const clock = await open();
    const order: string[] = [];
    const note = (who: string) => (answer: Answer<object>) => {
      order.push(who);
      return answer;
    };
    const first = many(greedy, 10).map((work) => work.then(note('greedy')));
    await clock.quiet();
    const second = ask(modest, 0).then(note('modest'));
    const answers = await clock.run(Promise.all([...first, second]));
    expect(new Set(codes(answers))).toEqual(new Set(['OK']));
    expect(order).toHaveLength(11);
    expect(order.indexOf('modest')).toBeLessThanOrEqual(3);
  });
});

describe('operations that run at the same time', () => {
  it('are no more than allowed', async () => {
    const clock = createManualClock();
    gateway = await runGateway({
      parts: { clock },
      sandbox: { clock, faults: [{ delayMs: 1000 }] },
      settings: { maxOperations: 3, cacheTtlMs: 0 },
    });
    const token = { authorization: `Bearer ${gateway.sandbox.adminToken}` };
    // What refuses is loaded when it is first needed: a refusal that waits for that may find room.
    await gateway.ask('{ __schema { queryType { name } } }', {}, token);
    const answers = await clock.run(Promise.all(many(token, 5)));
    expect(codes(answers).sort()).toEqual(['OK', 'OK', 'OK', 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(codes(await clock.run(Promise.all(many(token, 3))))).toEqual(['OK', 'OK', 'OK']);
  });
});
