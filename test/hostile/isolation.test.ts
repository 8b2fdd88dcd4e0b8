import { afterEach, describe, expect, it } from 'vitest';
import { runLoad } from '../../bench/endurance/load.ts';
import { type Model, readModel } from '../../bench/endurance/model.ts';
import { makeQuestion } from '../../bench/endurance/questions.ts';
import { createGateway, createSandbox, type Gateway, type GatewaySettings, type Sandbox } from '../../src/index.ts';
import { hasRedis, runRedis, type RunningRedis } from '../support/redis-server.ts';
import { logIn } from '../support/running-gateway.ts';
import { askAboutOthers, callerNames, createSharedWorld } from './shared-world.ts';

// Fourteen callers who may see different parts of the same subjects, two gateways, one Redis.

let sandbox: Sandbox;
let redis: RunningRedis | undefined;
const gateways: Gateway[] = [];

afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
  await redis?.remove();
  redis = undefined;
  await sandbox.close();
});

const start = async (...settings: readonly GatewaySettings[]): Promise<string[]> =>
  Promise.all(
    settings.map(async (own) => {
      const { url: upstreamUrl, tokenUrl } = sandbox;
      const gateway = createGateway({ port: 0, upstreamUrl, tokenUrl, rateLimit: 100_000, ...own });
      gateways.push(gateway);
      return new URL(await gateway.listen()).origin;
    }),
  );

const ask = async (url: string, token: string, query: string, variables: object): Promise<unknown> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
};

interface AllSubjects {
  readonly data: {
    readonly subjects: {
      readonly edges: readonly {
        readonly cursor: string;
        readonly node: { readonly id: string; readonly reference: string };
      }[];
    };
  };
}

const openWorld = async (): Promise<readonly Model[]> => {
  sandbox = await createSandbox({ world: createSharedWorld(), rateLimit: false, fairUse: false });
  const tokens = await Promise.all(callerNames.map((name) => logIn(sandbox, name)));
  return Promise.all(tokens.map((token) => readModel(sandbox.url, token)));
};

const edgesOf = async (url: string, { token }: Model) => {
  const query = '{ subjects(first: 1000) { edges { cursor node { id reference } } } }';
  return ((await ask(url, token, query, {})) as AllSubjects).data.subjects.edges;
};

describe('many callers at once, who see different parts of the same subjects', () => {
  it.skipIf(!hasRedis)(
    'are each told what their own account says, by two replicas that share what is kept',
    async () => {
      const models = await openWorld();
      const everything = models[0] as Model;
      expect(new Set(models.map(({ subjects }) => JSON.stringify(subjects))).size).toBe(11);
      redis = await runRedis();
      // Short, so that pages are kept, shared, renewed and let go of while they are asked for.
      const settings = { redisUrl: redis.url, cacheTtlMs: 300 };
      const gatewayUrls = await start(settings, { ...settings, queryPlans: false });
      const edges = await edgesOf(gatewayUrls[0] as string, everything);
      const askOthers = askAboutOthers(new Map(edges.map(({ node: { id, reference } }) => [reference, id])));
      const outcome = await runLoad({
        gatewayUrls,
        models,
        connections: 3 * models.length,
        // So many in some ten seconds on a machine that has nothing else to do.
        maxAnswers: 3000,
        seconds: 60,
        noCachePart: 0.1,
        seed: 1,
        ask: (model, chance) => (chance() < 0.5 ? askOthers : makeQuestion)(model, chance),
      });
      expect(outcome.wrong).toEqual([]);
      // Searches say that they know no names here.
      expect([...outcome.refused.keys()].filter((code) => code !== 'NAME_UNAVAILABLE')).toEqual([]);
      expect(outcome.right).toBeGreaterThan(200);
    },
    120_000,
  );

  it('are told nothing but their own by cursors of somebody who sees more', async () => {
    const models = await openWorld();
    const [url] = (await start({})) as [string];
    const edges = await edgesOf(url, models[0] as Model);
    for (const model of models) {
      const own = new Set(model.subjects.map(({ subjectReference }) => subjectReference));
      const query = 'query ($after: String) { subjects(first: 30, after: $after) { nodes { reference } } }';
      const answers = await Promise.all(
        edges.filter((_, at) => at % 20 === 0).map(({ cursor: after }) => ask(url, model.token, query, { after })),
      );
      const references = JSON.stringify(answers).match(/5\d{7}-0000-4000-8000-0{12}/g) ?? [];
      expect(references.filter((reference) => !own.has(reference))).toEqual([]);
      if (own.size === edges.length) expect(references.length).toBeGreaterThan(100);
    }
  });
});
