import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { settings } from '../src/settings/table.ts';
import { freePort } from './support/free-port.ts';
import { startServer } from './support/processes.ts';
import { runGateway } from './support/running-gateway.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const variables = new Set<string>(Object.values(settings).map(({ env }) => env));

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Service {
  readonly deploy?: { readonly replicas: number };
  readonly environment?: Readonly<Record<string, string>>;
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

describe('the compose file', () => {
  const compose = parse(read('compose.yaml')) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly configs: { readonly balancer: { readonly content: string } };
  };
  const balancer = compose.configs.balancer.content;

  it('has two replicas with settings that there are, Redis, and a load balancer', () => {
    const { gateway, redis, balancer: balancing } = compose.services;
    expect(gateway?.deploy?.replicas).toBe(2);
    for (const name of Object.keys(gateway?.environment ?? {})) expect(variables).toContain(name);
    expect(Object.keys(gateway?.depends_on ?? {})).toEqual(['redis']);
    expect(redis).toBeDefined();
    expect(Object.keys(balancing?.depends_on ?? {})).toEqual(['gateway']);
  });

  it('gives operations the time that the settings give them', () => {
    const seconds = (text: string | undefined) => Number(/^(\d+)s$/.exec(text ?? '')?.[1]) * 1000;
    expect(seconds(compose.services['gateway']?.stop_grace_period)).toBeGreaterThan(settings.shutdownTimeoutMs.default);
    expect(seconds(/timeout server (\S+)/.exec(balancer)?.[1])).toBeGreaterThan(settings.timeoutMs.default);
  });

  // In CI it is never skipped: nothing must be able to go untested there.
  const isHaproxyMissing = spawnSync('haproxy', ['-v']).status !== 0 && process.env['CI'] === undefined;
  it.skipIf(isHaproxyMissing)('balances between replicas, and goes on with one (needs haproxy)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rolescope-balancer-'));
    open.push(() => Promise.resolve(rmSync(folder, { recursive: true })));
    const replicas = [await runGateway(), await runGateway()];
    const closes = replicas.map((replica) => {
      let closed: Promise<void> | undefined;
      return () => (closed ??= replica.close());
    });
    open.push(...closes);
    const port = await freePort();
    // Where there is no Docker to resolve names, the replicas are named. A check waits for its answer for as long as it is until the next.
    const servers = replicas.map(
      ({ url }, index) => `  server gateway${index} ${new URL(url).host} check inter 1s fall 1 rise 1`,
    );
    const config = balancer
      .replace(/resolvers docker\n.*\n/, '')
      .replace(/ {2}server-template .*\n/, `${servers.join('\n')}\n`)
      .replace('bind :4000', `bind 127.0.0.1:${port}`);
    expect(config).not.toContain('docker');
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, config);
    const server = startServer('haproxy', ['-db', '-f', file]);
    open.push(() => server.stop());

    const url = `http://127.0.0.1:${port}`;
    const ask = async () => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: '{"query":"{ __typename }"}',
      });
      return response.status;
    };
    // Whichever comes first: it serves, or it ends and says why.
    await Promise.race([untilAnswered(`${url}/healthz`), server.waitFor(/(?!)/)]);
    for (let i = 0; i < 20; i++) expect(await ask()).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(403);
    for (const replica of replicas) {
      expect(await (await fetch(`${replica.url}/metrics`)).text()).toMatch(/rolescope_operations_total\{.*\} \d+/);
    }
    await closes[0]?.();
    for (let i = 0; i < 20; i++) expect(await ask()).toBe(200);
  });
});

interface Container {
  readonly env: readonly { readonly name: string }[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string } };
}

describe('the Kubernetes example', () => {
  const documents = parseAllDocuments(read('examples/kubernetes/rolescope.yaml')).map(
    (document) => document.toJS() as Record<string, unknown>,
  );
  const deployment = documents.find(({ kind }) => kind === 'Deployment') as {
    spec: { template: { spec: { terminationGracePeriodSeconds: number; containers: [Container] } } };
  };
  const { containers, terminationGracePeriodSeconds } = deployment.spec.template.spec;
  const [container] = containers;

  it('has settings that there are, and leaves operations the time that they are given', () => {
    for (const { name } of container.env) expect(variables).toContain(name);
    const shutdownSeconds = settings.shutdownTimeoutMs.default / 1000;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(container.lifecycle.preStop.sleep.seconds + shutdownSeconds);
    expect(read('Dockerfile')).toContain(`EXPOSE ${container.ports[0]?.containerPort}`);
  });

  it('probes what the gateway answers', async () => {
    const gateway = await runGateway();
    open.push(() => gateway.close());
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const) {
      expect((await fetch(`${gateway.url}${container[probe]?.httpGet.path}`)).status).toBe(200);
    }
  });
});

/** Asks until somebody listens. */
const untilAnswered = async (url: string): Promise<void> => {
  for (;;) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
};
