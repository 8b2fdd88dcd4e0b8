import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, createSandbox, type Gateway, type Sandbox } from '../../src/index.ts';
import { hasRedis, runRedis, type RunningRedis, until } from '../support/redis-server.ts';
import type { Answer } from '../support/running-gateway.ts';

interface Named {
  readonly subjects: { readonly nodes: readonly { readonly reference: string; readonly displayName: string | null }[] };
}

// Two gateways with a real Redis between them.
describe.skipIf(!hasRedis)('the names that replicas share', () => {
  const gateways: Gateway[] = [];
  let redis: RunningRedis;
  let sandbox: Sandbox;

  beforeAll(async () => {
    redis = await runRedis();
    sandbox = await createSandbox({ subjects: 200, rateLimit: false, fairUse: false });
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await redis.remove();
    await sandbox.close();
  });

  const start = async (): Promise<string> => {
    const gateway = createGateway({
      port: 0,
      upstreamUrl: sandbox.url,
      usersUrl: sandbox.urls.users,
      devicesUrl: sandbox.urls.devices,
      policiesUrl: sandbox.urls.policies,
      redisUrl: redis.url,
    });
    gateways.push(gateway);
    return await gateway.listen();
  };

  const ask = async (url: string): Promise<Named> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${sandbox.adminToken}` },
      body: JSON.stringify({ query: '{ subjects(first: 50) { nodes { reference displayName } } }' }),
    });
    return ((await response.json()) as Answer<Named>).data as Named;
  };

  it('cost the second replica no call, and tell nobody who reads Redis anything', async () => {
    const first = await ask(await start());
    const names = first.subjects.nodes.flatMap(({ displayName }) => displayName ?? []);
    expect(names.length).toBeGreaterThan(10);
    const reader = new Redis(redis.url);
    try {
      // Writing to Redis holds no answer up.
      await until(async () => (await reader.keys('*')).length > names.length);
      sandbox.clearTranscript();
      expect(await ask(await start())).toEqual(first);
      expect(sandbox.transcript().map(({ path }) => path)).toEqual([]);
      for (const key of await reader.keys('*')) {
        const bytes = (await reader.dumpBuffer(key))?.toString('latin1') ?? '';
        for (const name of names) expect(key + bytes).not.toContain(Buffer.from(name).toString('latin1'));
        for (const { reference } of first.subjects.nodes) expect(key + bytes).not.toContain(reference);
        expect(bytes).not.toContain('users.');
      }
    } finally {
      reader.disconnect();
    }
  });
});
