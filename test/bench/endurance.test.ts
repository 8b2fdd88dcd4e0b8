import { afterEach, describe, expect, it } from 'vitest';
import { readModel } from '../../bench/endurance/model.ts';
import { runLoad } from '../../bench/endurance/load.ts';
import { logIn, type RunningGateway, runGateway } from '../support/running-gateway.ts';

// Some seconds of what `npm run endurance` does for minutes.

let gateway: RunningGateway;
afterEach(() => gateway.close());

describe('under load, with one upstream call in twenty failing', () => {
  it.each([
    ['pages kept', 30_000],
    ['nothing kept', 0],
  ])('no answer is wrong and none goes to another caller, %s', async (_how, cacheTtlMs) => {
    gateway = await runGateway({
      isSandboxMode: false,
      sandbox: { subjects: 300 },
      settings: { cacheTtlMs, rateLimit: 100_000 },
    });
    const { sandbox } = gateway;
    const tokens = [sandbox.adminToken, await logIn(sandbox, 'customer'), await logIn(sandbox, 'administrator')];
    const models = await Promise.all(
      tokens.map((token) => readModel(sandbox.url, token, token === sandbox.adminToken ? sandbox.urls : undefined)),
    );
    expect(models[1]?.subjects.length).toBeLessThan(300);
    sandbox.control.setFaults([
      { probability: 0.02, status: 500 },
      { probability: 0.01, status: 503 },
      { probability: 0.01, form: 'reset' },
      { probability: 0.01, form: 'malformed' },
    ]);
    const outcome = await runLoad({
      gatewayUrls: [gateway.url],
      models,
      connections: 30,
      seconds: 40,
      maxAnswers: 250,
      seed: 1,
    });
    expect(outcome.wrong).toEqual([]);
    expect(outcome.right).toBeGreaterThan(150);
    const refused = [...outcome.refused.values()].reduce((sum, count) => sum + count, 0);
    expect(refused + outcome.right).toBe(outcome.answers);
  });
});
