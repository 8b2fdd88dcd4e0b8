import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway, createSandbox, type Gateway, type Sandbox } from '../../../src/index.ts';
import { hasRedis, runRedis, type RunningRedis, until } from '../../support/redis-server.ts';
import type { Answer } from '../../support/running-gateway.ts';

const subjects = 20_000;

// Two gateways with a real Redis between them, which has its own time.
describe.skipIf(!hasRedis)('a census that two replicas are asked for at the same time', () => {
  let gateways: Gateway[];
  let urls: string[];
  let redis: RunningRedis;
  let outside: Redis;
  let sandbox: Sandbox;

  // Anew for a second try as well: what the first one has read must not answer it.
  beforeEach(async () => {
    [gateways, urls] = [[], []];
    redis = await runRedis();
    outside = new Redis(redis.url);
    sandbox = await createSandbox({ subjects, rateLimit: 10, fairUse: false });
    for (let replica = 0; replica < 2; replica++) {
      const gateway = createGateway({ port: 0, upstreamUrl: sandbox.url, redisUrl: redis.url, rateLimit: 10 });
      gateways.push(gateway);
      urls.push(await gateway.listen());
    }
  });
  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    outside.disconnect();
    await redis.remove();
    await sandbox.close();
  });

  const ask = async <Data>(replica: number, query: string): Promise<Answer<Data>> => {
    const response = await fetch(urls[replica] ?? '', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${sandbox.adminToken}`,
        'rolescope-report': 'true',
      },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer<Data>;
  };

  const shared = async () => (await outside.keys('rolescope:1:page:*')).length;

  it('costs one walk, answers all, and holds up no lookup for a second', { timeout: 60_000 }, async () => {
    // Each replica has its connection to Redis from here on: one that is still connecting when it is asked walks on its own.
    for (const replica of [0, 1]) {
      const before = await shared();
      let count = 0;
      await until(async () => {
        await ask(replica, `{ subject(reference: "nobody-${replica}-${count++}") { reference } }`);
        return (await shared()) > before;
      });
    }
    sandbox.clearTranscript();
    const asked = Array.from({ length: 50 }, (_, index) =>
      // Written differently, so that no two are the same operation.
      ask<{ census: { subjectCount: number } }>(index % 2, `query Number${index} { census { subjectCount } }`),
    );
    while (sandbox.transcript().length < 11) await new Promise((resolve) => setImmediate(resolve));
    const lookup = await ask<{ subject: null }>(0, '{ subject(reference: "nobody-at-all") { reference } }');
    const answers = await Promise.all(asked);
    expect(answers.map(({ data, errors }) => errors ?? data?.census.subjectCount)).toEqual(
      Array.from({ length: 50 }, () => subjects),
    );
    const calls = sandbox.transcript();
    const isLookup = ({ query }: (typeof calls)[number]): boolean => 'subjectReference' in (query as object);
    const walk = calls.filter((call) => !isLookup(call));
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
    expect([walk.length, calls.length]).toEqual([20, 21]);
    expect(lookup.data).toEqual({ subject: null });
    // It came in between, before the last page, and its wait for a slot was less than a second.
    expect(calls.findIndex(isLookup)).toBeLessThan(20);
    const report = lookup.extensions?.upstream as { readonly calls: number; readonly waitedMs: number } | undefined;
    expect(report?.calls).toBe(1);
    expect(report?.waitedMs).toBeLessThan(1000);
  });
});
