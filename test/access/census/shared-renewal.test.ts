import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, createSandbox, type Gateway, type Sandbox } from '../../../src/index.ts';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { hasRedis, runRedis, type RunningRedis, until } from '../../support/redis-server.ts';
import type { Answer } from '../../support/running-gateway.ts';

const subjects = 12_000;
const everyMs = 3_600_000;

/** The system's, put to the middle of a round, so that none begins during the test. */
const intoRoundMs = everyMs / 2 - (systemClock.nowMs() % everyMs);
const clock: Clock = {
  nowMs: () => systemClock.nowMs() + intoRoundMs,
  after: (delayMs, work) => systemClock.after(delayMs, work),
};

// Two gateways with a real Redis between them, which has its own time.
describe.skipIf(!hasRedis)('a census that two replicas renew in the background', () => {
  const gateways: Gateway[] = [];
  const urls: string[] = [];
  let redis: RunningRedis;
  let sandbox: Sandbox;

  beforeAll(async () => {
    redis = await runRedis();
    sandbox = await createSandbox({ subjects, rateLimit: 10, fairUse: false });
    for (let replica = 0; replica < 2; replica++) {
      const gateway = createGateway({
        port: 0,
        upstreamUrl: sandbox.url,
        auth: 'service',
        tokenUrl: sandbox.tokenUrl,
        username: 'administrator@sandbox.example',
        password: 'sandbox-administrator',
        apiKeys: ['somebody:secret'],
        redisUrl: redis.url,
        rateLimit: 10,
        censusEveryMs: everyMs,
        clock,
      });
      gateways.push(gateway);
      urls.push(await gateway.listen());
    }
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await redis.remove();
    await sandbox.close();
  });

  const ask = async (url: string): Promise<Answer<{ readonly census: { readonly subjectCount: number } }>> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer secret' },
      body: JSON.stringify({ query: '{ census { subjectCount } }' }),
    });
    return (await response.json()) as Answer<{ readonly census: { readonly subjectCount: number } }>;
  };

  it('is read once, with half of the rate limit together', { timeout: 60_000 }, async () => {
    const walk = () => sandbox.transcript().filter(({ path }) => path === '/v2/role-assignments');
    await until(() => Promise.resolve(walk().length >= 12));
    const answers = await Promise.all(urls.map(ask));
    expect(answers.map(({ data, errors }) => errors ?? data?.census.subjectCount)).toEqual([subjects, subjects]);
    const times = walk().map(({ atMs }) => atMs);
    expect(times).toHaveLength(12);
    // Of twelve calls at five a second the last comes two seconds after the first.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2000);
  });
});
