import { afterEach, describe, expect, it } from 'vitest';
import {
  createGateway,
  createSandbox,
  type Gateway,
  type Sandbox,
  type SandboxOptions,
  type GatewaySettings,
} from '../../src/index.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { keepingLogger } from './harness.ts';

let gateway: Gateway;
let sandbox: Sandbox;
let clock: ManualClock;
let url: string;
let logged: string[];
let answered: string[];

afterEach(async () => {
  await gateway.close();
  await sandbox.close();
});

const start = async (sandboxOptions: SandboxOptions, settings: GatewaySettings = {}): Promise<void> => {
  clock = createManualClock();
  sandbox = await createSandbox({ clock, ...sandboxOptions });
  const { logger, lines } = keepingLogger();
  logged = lines;
  answered = [];
  gateway = createGateway({
    port: 0,
    upstreamUrl: sandbox.url,
    tokenUrl: sandbox.tokenUrl,
    ...settings,
    clock,
    logger,
  });
  url = await gateway.listen();
};

interface Answer {
  readonly data?: Record<
    string,
    { readonly reference: string; readonly nodes: { readonly reference: string }[] } | null
  > | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

const send = async (
  query: string,
  headers: Record<string, string> = { authorization: `Bearer ${sandbox.adminToken}` },
) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'rolescope-report': 'true', ...headers },
    body: JSON.stringify({ query }),
  });
  return await response.text();
};

const ask = async (...[query, headers]: Parameters<typeof send>) => {
  const text = await clock.run(send(query, headers));
  answered.push(text);
  return JSON.parse(text) as Answer;
};

const list = '{ subjects(first: 5) { nodes { reference } } }';

describe('through the whole gateway', () => {
  it('one operation gets 100 distinct subjects of 200,000 at ten calls a second', async () => {
    await start({ subjects: 200_000 });
    const found = await ask('{ subjects(first: 150) { nodes { reference } } }');
    const references = [...new Set(found.data?.['subjects']?.nodes.map(({ reference }) => reference))].slice(0, 100);
    expect(references).toHaveLength(100);
    // Long enough for what was read to be forgotten.
    await clock.pass(60_000);
    sandbox.clearTranscript();

    const startedAtMs = clock.nowMs();
    const { data } = await ask(`{ subjectsByReference(references: ${JSON.stringify(references)}) { reference } }`);
    const subjects = data?.['subjectsByReference'] as unknown as readonly ({ readonly reference: string } | null)[];
    expect(subjects.map((subject) => subject?.reference)).toEqual(references);
    const tookMs = clock.nowMs() - startedAtMs;
    expect(tookMs).toBeGreaterThan(8900);
    expect(tookMs).toBeLessThan(10_000);

    const calls = sandbox.transcript();
    expect(calls.length).toBeLessThanOrEqual(100);
    expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([200]));
    const times = calls.map(({ atMs }) => atMs);
    const busiest = Math.max(...times.map((from) => times.filter((atMs) => atMs >= from && atMs < from + 1000).length));
    expect(busiest).toBeLessThanOrEqual(10);
  });

  it('picks a pending answer up with the next identical query', async () => {
    await start({ subjects: 50, faults: [{ takesMs: 70_000, count: 1 }] }, { timeoutMs: 40_000 });
    const first = await ask(list);
    expect(first.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_PENDING' });
    await clock.pass(40_000);
    const second = await ask(list);
    expect(second.errors).toBeUndefined();
    expect(second.data?.['subjects']?.nodes).toHaveLength(5);
    const ids = sandbox.transcript().map(({ responseId }) => responseId);
    expect(ids[0]).toBeUndefined();
    expect(new Set(ids.slice(1)).size).toBe(1);
  });

  it.each([
    {
      name: 'an answer that is late',
      fault: { delayMs: 63_000, count: 1 },
      statuses: [200],
      code: 'UPSTREAM_TIMEOUT',
    },
    {
      name: 'an answer that is pending',
      fault: { takesMs: 75_000, count: 1 },
      statuses: [202, 200],
      code: 'UPSTREAM_PENDING',
    },
    {
      name: 'another attempt',
      fault: { status: 503, headers: { 'retry-after': '35' }, count: 2 },
      statuses: [503, 503, 200],
      code: 'UPSTREAM_TIMEOUT',
    },
  ])('waits for $name as long as the last one who asks the same has time', async ({ fault, statuses, code }) => {
    await start({ subjects: 50, faults: [fault] }, { timeoutMs: 60_000 });
    const startedAtMs = clock.nowMs();
    let endedAfterMs = 0;
    const first = send(list).finally(() => {
      endedAfterMs = clock.nowMs() - startedAtMs;
    });
    await clock.pass(30_000);
    const second = await ask(list);
    expect(second.data?.['subjects']?.nodes).toHaveLength(5);
    expect(clock.nowMs() - startedAtMs).toBeGreaterThan(60_000);
    // The first one hears of its own deadline in time, and takes nobody with it.
    expect(JSON.parse(await first)).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(endedAfterMs).toBe(60_000);
    const asked = sandbox.transcript().map(({ status }) => status);
    expect(asked.filter((status, i) => status !== asked[i - 1] || status === 503)).toEqual(statuses);
  });

  it.each(['passthrough', 'service'] as const)(
    'lets no secret and no address out in mode %s, whatever goes wrong',
    async (auth) => {
      const path = '/v2/role-assignments';
      const statuses = [400, 401, 403, 404, 405, 429, 500, 502, 503, 504].map((status) => ({ path, status, count: 2 }));
      const forms = (['reset', 'html', 'cut', 'malformed', 'empty', 'stall'] as const).map((form) => ({
        path,
        form,
        count: 2,
      }));
      const logins = [{ path: '/oauth/token', status: 503, count: 1 }];
      const service = {
        auth,
        username: 'administrator@sandbox.example',
        password: 'sandbox-administrator',
        apiKeys: ['tester:key-of-the-tester'],
      };
      await start(
        { subjects: 50, faults: [...statuses, ...forms, ...logins] },
        { cacheTtlMs: 0, timeoutMs: 10_000, ...(auth === 'service' ? service : {}) },
      );
      const headers: Record<string, string> =
        auth === 'service' ? { 'x-api-key': 'key-of-the-tester' } : { authorization: `Bearer ${sandbox.adminToken}` };
      const codes = new Set<unknown>();
      for (let i = 0; i < 30; i++) {
        const { errors = [] } = await ask(list, headers);
        for (const { extensions } of errors) codes.add(extensions['code']);
        await clock.pass(31_000);
      }
      await ask(list, { authorization: 'Bearer a-token-that-nobody-knows', 'x-api-key': 'a-key-that-nobody-knows' });
      await ask(list, {});
      for (const code of ['BAD_USER_INPUT', 'FORBIDDEN', 'UPSTREAM_UNAVAILABLE']) expect(codes).toContain(code);

      const all = [...logged, ...answered].join('\n');
      const secrets = [
        'sandbox-administrator',
        'key-of-the-tester',
        'that-nobody-knows',
        sandbox.adminToken,
        new URL(sandbox.url).host,
      ];
      for (const secret of secrets) expect(all).not.toContain(secret);
      // Nor any other token: they are all JWTs.
      expect(all).not.toMatch(/eyJ[A-Za-z0-9_-]{10}|127\.0\.0\.1|scripted fault|Something went wrong|\bat .*\.ts:/);
      expect(logged.length).toBeGreaterThan(10);
    },
  );
});
