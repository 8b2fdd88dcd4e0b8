import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { GatewaySettings } from '../src/index.ts';
import type { FaultRule } from '../src/sandbox/core/faults/faults.ts';
import type { Domain } from '../src/sandbox/core/domain.ts';
import { startCollector } from './support/collector.ts';
import { hasRedis, runRedis } from './support/redis-server.ts';
import { logIn, runGateway } from './support/running-gateway.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const subgraphKey = 'the-key-of-the-router-which-nobody-else-knows';
const apiKey = 'an-api-key-of-more-than-thirty-two-characters';
const collectorKey = 'what-the-collector-wants-to-hear';

/** Something of every domain, and as much of it as the graph has. */
const everything = `query Everything {
  subjects(first: 12) {
    totalCount
    nodes {
      reference displayName email resolution
      principal {
        __typename
        ... on User { eset { displayName email otherEmails department jobTitle userGroups { uuid } } }
        ... on Device { eset { displayName operatingSystem tags parentGroup { eset { displayName } } } }
        ... on UserGroup { members(first: 3) { nodes { eset { displayName } } } }
      }
      roles { nodes { name scopes { nodes {
        displayName resolution
        ancestors { displayName }
        target {
          ... on Policy { eset { displayName description } }
          ... on Device { eset { displayName } }
          ... on User { eset { displayName } }
          ... on AssetGroup { eset { displayName } }
        }
      } } } }
    }
  }
  permissions(first: 3) { nodes { name } }
  census { subjectCount findings(first: 10) { nodes { kind explanation } } }
  subjectsByReference(references: ["nobody"]) { reference }
}`;

/** One change of each kind. What is made is called what a firewall minds. */
const changes = `mutation Changes {
  assignRoles(input: { changes: [{
    subject: { reference: "286f5456-a0ac-4e8a-8508-5c2224b47ae6", type: UNSPECIFIED }
    roleName: "admin"
    at: { everywhere: true }
  }] }) { results { status problem { code message } subject { displayName } } }
  revokeRoles(input: { changes: [{
    subject: { reference: "286f5456-a0ac-4e8a-8508-5c2224b47ae6", type: UNSPECIFIED }
    roleName: "admin"
    at: { everywhere: true }
  }] }) { results { status problem { code message } } }
  createRole(input: { name: "made", displayName: "<b>made</b>", permissions: [] }) { role { name } problem { code message } }
  deleteRole(input: { name: "made", confirmHolders: 0 }) { deletedName problem { code message } }
}`;

const domains: readonly Domain[] = ['identity', 'users', 'devices', 'policies'];
/** What upstream says when something is wrong is full of canaries. */
const wrongs: readonly FaultRule[] = [
  { status: 400 },
  { status: 404 },
  { form: 'html' },
  { form: 'malformed' },
  { form: 'firewall' },
  { status: 500 },
  { status: 403 },
];

/** Runs a gateway through everything, whole and with each domain broken, and gives all that can be read of it from outside. */
const readAll = async (auth: 'passthrough' | 'service') => {
  const collector = await startCollector();
  opened.push(() => collector.close());
  const redis = await runRedis();
  opened.push(() => redis.remove());
  const outside = new Redis(redis.url);
  opened.push(async () => outside.quit());
  const folder = await mkdtemp(join(tmpdir(), 'rolescope-secrets-'));
  opened.push(() => rm(folder, { recursive: true }));
  const auditFile = join(folder, 'audit.ndjson');
  let logs = '';
  const logger = pino({ level: 'trace' }, { write: (line: string) => void (logs += line) });
  const sandboxOptions = { subjects: 400 };
  const settings: GatewaySettings = {
    auth,
    redisUrl: redis.url,
    otlpEndpoint: collector.url,
    otlpHeaders: [`x-key=${collectorKey}`],
    subgraphKey,
    timeoutMs: 20_000,
    namesTtlMs: 60_000,
    writes: true,
    writeSettleMs: 100,
    auditFile,
  };
  const known = { username: '', password: '' };
  if (auth === 'service') {
    // The made-up users are the same in every sandbox of a seed.
    const twin = await runGateway({ sandbox: sandboxOptions });
    const [administrator] = twin.sandbox.users;
    await twin.close();
    Object.assign(known, { username: administrator?.name, password: administrator?.password });
  }
  const gateway = await runGateway({
    isSandboxMode: false,
    sandbox: sandboxOptions,
    settings: {
      ...settings,
      ...(auth === 'service' && { ...known, apiKeys: [`tester:${apiKey}`], writers: ['tester'] }),
    },
    parts: { logger },
  });
  let isClosed = false;
  const close = async () => {
    if (!isClosed) await gateway.close();
    isClosed = true;
  };
  opened.push(close);
  const { sandbox } = gateway;
  const someone = await logIn(sandbox, 'viewer').catch(() => logIn(sandbox, ''));
  const tokens = auth === 'service' ? [apiKey] : [sandbox.adminToken, someone, 'no-token-at-all'];

  const answers: string[] = [];
  const send = async (path: string, token: string, headers: Record<string, string> = {}, query = everything) => {
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'rolescope-report': 'true',
        ...headers,
      },
      body: JSON.stringify({ query }),
    });
    const text = await response.text();
    answers.push(text, JSON.stringify([...response.headers]));
    return text;
  };

  const whole = JSON.parse(await send('/graphql', tokens[0] ?? '')) as { errors?: object[] };
  expect(whole.errors).toBeUndefined();
  const asked = new Set(sandbox.transcript().map(({ domain }) => domain));
  expect(domains.filter((domain) => !asked.has(domain))).toEqual([]);
  for (const token of tokens) await send('/graphql', token);
  await send('/subgraph', tokens[0] ?? '', { 'rolescope-subgraph-key': subgraphKey });
  await send('/subgraph', tokens[0] ?? '');
  const stored: string[] = [];
  for (const name of await outside.keys('*')) {
    stored.push(name, ((await outside.dumpBuffer(name)) as Buffer | null)?.toString('latin1') ?? '');
  }

  const [token = ''] = tokens;
  const made = JSON.parse(await send('/graphql', token, {}, changes)) as { errors?: object[] };
  expect(made.errors).toBeUndefined();
  for (const wrong of wrongs) {
    sandbox.control.setFaults([
      { ...wrong, domain: 'identity', method: 'POST' },
      { ...wrong, domain: 'identity', method: 'DELETE' },
    ]);
    await send('/graphql', token, {}, changes);
  }
  sandbox.control.setFaults([]);

  const breakWith = async (fault: FaultRule) => {
    sandbox.control.setFaults([fault]);
    await send('/graphql', tokens[0] ?? '', { 'cache-control': 'no-cache' });
  };
  for (const domain of domains) for (const wrong of wrongs) await breakWith({ ...wrong, domain });
  // The last, because a login that was refused is not tried again for a while.
  await breakWith({ status: 401 });
  sandbox.control.revokeTokens();
  for (const wrong of wrongs) await breakWith({ ...wrong, path: '/oauth/token' });
  for (const name of await outside.keys('*')) {
    stored.push(name, ((await outside.dumpBuffer(name)) as Buffer | null)?.toString('latin1') ?? '');
  }
  // There was something to be found.
  sandbox.control.setFaults([]);
  for (const path of ['users:/v1/users', 'devices:/v1/devices', 'policies:/v2/policies', 'identity:/v9/nothing']) {
    const [domain, rest] = path.split(':') as [Domain, string];
    const upstreams = await fetch(sandbox.urls[domain] + rest, {
      headers: { authorization: `Bearer ${sandbox.adminToken}` },
    });
    expect([path, (await upstreams.text()).includes('CANARY-')]).toEqual([path, true]);
  }
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  const passwords = sandbox.users.map(({ password }) => password);
  const addresses = [...Object.values(sandbox.urls), sandbox.tokenUrl].map((url) => new URL(url).host);
  await close();
  const audit = await readFile(auditFile, 'utf8');
  return {
    seen: { audit, answers: answers.join('\n'), logs, metrics, traces: collector.text(), redis: stored.join('\n') },
    secrets: [...tokens, ...passwords, sandbox.adminToken, someone, subgraphKey, apiKey],
    addresses,
  };
};

describe.skipIf(!hasRedis)('a gateway that went through everything, and everything that can go wrong', () => {
  it.each(['passthrough', 'service'] as const)(
    'shows no canary, token or password to anybody: %s',
    { timeout: 240_000 },
    async (auth) => {
      const { seen, secrets, addresses } = await readAll(auth);
      for (const [place, text] of Object.entries(seen)) {
        expect([place, text.length > 500]).toEqual([place, true]);
        expect([place, /.{0,80}CANARY-.{0,40}/.exec(text)?.[0]]).toEqual([place, undefined]);
        // What the sandbox issues is a JWT, whoever logged in for it.
        expect([place, /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/.exec(text)?.[0]]).toEqual([place, undefined]);
        expect([place, secrets.filter((secret) => text.includes(secret))]).toEqual([place, []]);
      }
      const codes = ['FORBIDDEN', 'UPSTREAM_ERROR', 'UPSTREAM_INVALID_RESPONSE', 'UNAUTHENTICATED'];
      expect(codes.filter((code) => !seen.answers.includes(code))).toEqual([]);
      expect(addresses.filter((address) => seen.answers.includes(address))).toEqual([]);
      const { traces, ...others } = seen;
      expect(traces).toContain(collectorKey);
      expect(Object.entries(others).filter(([, text]) => text.includes(collectorKey))).toEqual([]);
    },
  );
});
