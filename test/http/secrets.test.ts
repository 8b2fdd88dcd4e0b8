import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { ConfigError, type GatewaySettings } from '../../src/index.ts';
import { readConfig } from '../../src/settings/read.ts';
import type { FaultRule } from '../../src/sandbox/core/faults/faults.ts';
import { startCollector } from '../support/collector.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

// Every secret that the gateway is given or met is a word that nothing else contains, so that finding it anywhere is a leak.

const bodySecret = 'SECRET-of-an-upstream-body';
const tokenSecret = 'SECRET-bearer-token.of-a-caller';
const keySecret = 'SECRET-api-key';
const collectorSecret = 'SECRET-of-the-collector';
const subgraphSecret = 'SECRET-of-the-subgraph';
const variableSecret = 'SECRET-variable';
const jwt = `${Buffer.from('{"alg":"RS256","kid":"a"}').toString('base64url')}.${Buffer.from('{"sub":"a","exp":9999999999}').toString('base64url')}.c2ln`;
const redisSecret = 'SECRET-redis-password';

/** Few of each, and those that upstream is alive with first: the breaker must not keep any from being met. */
const count = 3;
const status = (code: number): readonly [string, readonly FaultRule[]] => [
  `status ${code}`,
  [{ status: code, body: `{"message":"${bodySecret}"}`, count }],
];
const form = (name: NonNullable<FaultRule['form']>): readonly [string, readonly FaultRule[]] => [
  name,
  [{ form: name, count }],
];

const faults: readonly (readonly [string, readonly FaultRule[]])[] = [
  ['nothing', []],
  ['a body of another contract', [{ body: `{"assignments":[{"roles":"${bodySecret}"}]}`, count }]],
  ['a body that is no JSON', [{ body: `<p>${bodySecret}`, count }]],
  ...(['malformed', 'html', 'empty'] as const).map(form),
  ...[400, 401, 403, 404, 418, 429].map(status),
  ...[500, 502, 503, 504].map(status),
  ...(['cut', 'reset'] as const).map(form),
];

const requests = (endpoint: string, headers: Record<string, string>): Promise<Response>[] => {
  const json = { 'content-type': 'application/json', ...headers };
  const ask = (body: unknown, more: Record<string, string> = {}) =>
    fetch(endpoint, { method: 'POST', headers: { ...json, ...more }, body: JSON.stringify(body) });
  return [
    ask({ query: 'query A { subjects(first: 5) { totalCount nodes { reference } } viewer { reference } }' }),
    ask({ query: 'query B { subject(reference: "a") { id } role(name: "admin") { subjects { nodes { id } } } }' }),
    ask({ query: '{ subjects(after: "broken") { nodes { id } } node(id: "broken") { id } }' }),
    ask({ query: 'query C($a: Int!) { subjects(first: $a) { nodes { id } } }', variables: { b: variableSecret } }),
    ask({ query: '{ nothing' }),
    ask([]),
    ask({ query: '{ __typename }' }, { authorization: `Basic ${tokenSecret}` }),
    ask(
      { query: '{ subjects { totalCount } }' },
      { 'x-api-key': `${keySecret}-wrong`, cookie: `session=${tokenSecret}` },
    ),
    fetch(`${endpoint}?query={`, { headers }),
    fetch(endpoint, { method: 'POST', headers, body: tokenSecret }),
    fetch(endpoint, { method: 'PUT', headers }),
  ];
};

/** Sends all of it and answers everything that anybody outside could see. */
const exercise = async (settings: GatewaySettings, headersOf: (gateway: RunningGateway) => Record<string, string>) => {
  let seen = '';
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      seen += chunk.toString();
      done();
    },
  });
  const collector = await startCollector();
  const gateway = await runGateway({
    sandbox: { subjects: 50 },
    isSandboxMode: false,
    settings: {
      otlpEndpoint: collector.url,
      otlpHeaders: [`x-collector=${collectorSecret}`],
      subgraph: true,
      subgraphKey: subgraphSecret,
      cacheTtlMs: 0,
      timeoutMs: 500,
      ...settings,
    },
    parts: { logger: pino({ level: 'debug' }, log) },
  });
  const headers = headersOf(gateway);
  for (const [, rules] of faults) {
    gateway.sandbox.control.setFaults([...rules]);
    const sent = [
      ...requests(`${gateway.url}/graphql`, headers),
      ...requests(`${gateway.url}/subgraph`, { ...headers, 'x-subgraph-key': subgraphSecret }),
    ];
    for (const response of await Promise.all(sent)) {
      seen += `${response.status} ${JSON.stringify(Object.fromEntries(response.headers))} ${await response.text()}\n`;
    }
  }
  for (const path of ['healthz', 'readyz', 'metrics', 'nothing']) {
    seen += await (await fetch(`${gateway.url}/${path}`)).text();
  }
  const { host } = new URL(gateway.sandbox.url);
  const { adminToken, tokenUrl } = gateway.sandbox;
  await gateway.close();
  const traces = collector.text();
  await collector.close();
  return { seen, traces, host, adminToken, tokenUrl };
};

/** Where the text tells more than it may: a secret, or where the code runs. */
const leaksIn = (text: string, secrets: readonly string[]): string[] => {
  const around = (at: number) => text.slice(Math.max(0, at - 200), at + 100);
  const leaks = secrets.map((secret) => text.indexOf(secret)).filter((at) => at >= 0);
  const code = text.search(/node_modules|\.ts:\d+|file:\/\//);
  // Nothing at all would hold no secret either.
  return [...leaks, ...(code < 0 ? [] : [code])].map(around).concat(text.length > 1000 ? [] : ['nothing was seen']);
};

const secrets = [bodySecret, tokenSecret, keySecret, subgraphSecret, variableSecret];

describe('no secret is in an answer, a log, a trace or a metric', () => {
  it('of a caller whose token goes upstream', async () => {
    const { seen, traces, host, adminToken } = await exercise({}, ({ sandbox }) => ({
      authorization: `Bearer ${sandbox.adminToken}`,
    }));
    const signature = adminToken.split('.')[2] ?? adminToken;
    expect(leaksIn(seen, [...secrets, collectorSecret, host, adminToken, signature])).toEqual([]);
    expect(leaksIn(traces.replaceAll(collectorSecret, ''), [...secrets, host, adminToken])).toEqual([]);
    expect(seen).toContain('an upstream call failed');
    expect(seen).toContain('UPSTREAM_INVALID_RESPONSE');
    expect(seen).toContain('rolescope_operations_total');
    expect(traces).toContain('roleAssignments.list');
  });

  it('of a caller whose token upstream does not know', async () => {
    const { seen, traces, host } = await exercise({}, () => ({ authorization: `Bearer ${tokenSecret}` }));
    expect(leaksIn(seen, [...secrets, collectorSecret, host])).toEqual([]);
    expect(leaksIn(traces, [...secrets, host])).toEqual([]);
  });

  it('of the gateway itself, and of callers with its keys', async () => {
    const service = {
      auth: 'service',
      username: 'administrator@sandbox.example',
      apiKeys: [`app:${keySecret}`],
    } as const;
    const right = await exercise({ ...service, password: 'sandbox-administrator' }, () => ({ 'x-api-key': keySecret }));
    expect(
      leaksIn(right.seen, [...secrets, 'sandbox-administrator', 'access_token', right.host, right.tokenUrl]),
    ).toEqual([]);
    expect(leaksIn(right.traces, [...secrets, 'sandbox-administrator', right.host])).toEqual([]);
    expect(right.seen).toContain('"reference"');
    const wrong = await exercise({ ...service, password: 'SECRET-password' }, () => ({
      authorization: `Bearer ${keySecret}`,
    }));
    expect(leaksIn(wrong.seen, [...secrets, 'SECRET-password', wrong.host, wrong.tokenUrl])).toEqual([]);
    expect(leaksIn(wrong.traces, [...secrets, 'SECRET-password', wrong.host])).toEqual([]);
  });

  it('where the keys of JWTs are not to be found', async () => {
    const { seen, traces } = await exercise(
      {
        auth: 'service',
        username: 'administrator@sandbox.example',
        password: 'sandbox-administrator',
        jwksUrl: 'http://SECRET-jwks.invalid/keys',
        jwtIssuer: '*',
        jwtAudience: '*',
      },
      () => ({ authorization: `Bearer ${jwt}` }),
    );
    expect(leaksIn(seen + traces, [...secrets, 'SECRET-jwks', jwt])).toEqual([]);
    expect(seen).toContain('"code":"UPSTREAM_UNAVAILABLE"');
  });

  it('where upstream and Redis are not to be found', async () => {
    const { seen, traces } = await exercise(
      { upstreamUrl: 'http://SECRET-host.invalid:1234', redisUrl: `redis://user:${redisSecret}@127.0.0.1:9/0` },
      () => ({ authorization: `Bearer ${tokenSecret}` }),
    );
    for (const text of [seen, traces]) expect(leaksIn(text, [...secrets, 'SECRET-host', redisSecret])).toEqual([]);
    expect(seen).toContain('UPSTREAM_UNAVAILABLE');
  });
});

describe('a setting that cannot be used', () => {
  it.each([
    [{ ROLESCOPE_REDIS_URL: redisSecret }],
    [{ ROLESCOPE_REDIS_URL: `http://user:${redisSecret}@host` }],
    [{ ROLESCOPE_UPSTREAM_URL: `http://user:${redisSecret}@host` }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${redisSecret}@host` }],
  ])('is named without what is secret in it: %j', (environment) => {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).not.toThrow(redisSecret);
  });
});
