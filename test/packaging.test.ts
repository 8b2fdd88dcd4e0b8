import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { createSandbox } from '../src/index.ts';
import { settings } from '../src/settings/table.ts';
import { runToEnd, startServer } from './support/processes.ts';
import { runGateway } from './support/running-gateway.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const variables = new Set<string>(Object.values(settings).map(({ env }) => env));

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The stages of a Dockerfile, each with the instructions below its FROM. */
const stagesOf = (dockerfile: string): { readonly from: string; readonly instructions: Instruction[] }[] => {
  const stages: { from: string; instructions: Instruction[] }[] = [];
  for (const line of dockerfile.split('\n')) {
    const [, name, text] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    if (name === undefined || text === undefined) continue;
    if (name === 'FROM') stages.push({ from: text, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text });
  }
  return stages;
};

describe('the Dockerfile', () => {
  const [build, final] = stagesOf(read('Dockerfile'));
  const textsOf = (name: string, stage = final) =>
    (stage?.instructions ?? []).filter((instruction) => instruction.name === name).map(({ text }) => text);
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-image-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('builds in one stage and runs in a smaller one, not as root', () => {
    expect(build?.from).toMatch(/ AS build$/);
    expect(final?.from).toContain('alpine');
    expect(textsOf('USER')).toEqual(['node']);
    expect(textsOf('COPY').every((text) => text.startsWith('--from=build '))).toBe(true);
    expect(textsOf('RUN')).toEqual([]);
  });

  it('gives the build nothing but what it copies', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = textsOf('COPY', build).flatMap((text) => text.split(' ').slice(0, -1));
    expect(allowed.sort()).toEqual(copied.map((path) => path.replace('./', '')).sort());
    for (const path of copied) expect(existsSync(join(root, path))).toBe(true);
  });

  // There is no engine where the tests run, so its instructions are followed one by one.
  it('makes a gateway that is healthy, serves, and ends when it is told to', async () => {
    const [buildFolder, finalFolder] = [join(folder, 'build'), join(folder, 'final')];
    for (const path of [buildFolder, finalFolder]) mkdirSync(path);
    for (const { name, text } of build?.instructions ?? []) {
      if (name === 'COPY') {
        const [target = '', ...sources] = text.split(' ').reverse();
        for (const source of sources) {
          const to = join(buildFolder, target, target.endsWith('/') ? source : '');
          cpSync(join(root, source), to, { recursive: true });
        }
      } else if (name === 'RUN') {
        const { code, output } = await runToEnd('sh', ['-c', text], { cwd: buildFolder });
        expect(code, output).toBe(0);
      }
    }
    for (const text of textsOf('COPY')) {
      const [, source = '', target = ''] = text.split(' ');
      const from = join(buildFolder, source.replace('/app/', ''));
      const to = join(finalFolder, target, target.endsWith('/') ? source.replace('/app/', '') : '');
      mkdirSync(dirname(to), { recursive: true });
      if (source.endsWith('.json')) copyFileSync(from, to);
      else cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    }
    const sandbox = await createSandbox({ subjects: 50 });
    open.push(() => sandbox.close());
    const port = await freePort();
    const environment = {
      PATH: process.env['PATH'],
      ...Object.fromEntries(textsOf('ENV').map((text) => text.split('=', 2) as [string, string])),
      PORT: String(port),
      ROLESCOPE_UPSTREAM_URL: sandbox.url,
    };
    const [entry, command] = [...textsOf('ENTRYPOINT'), ...textsOf('CMD')].map((text) => JSON.parse(text) as string[]);
    const health = JSON.parse(/CMD (\[.*\])$/.exec(textsOf('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]') as string[];
    const checkHealth = () => runToEnd(health[0] ?? '', health.slice(1), { cwd: finalFolder, env: environment });

    expect((await checkHealth()).code).toBe(1);
    const [program = '', ...args] = [...(entry ?? []), ...(command ?? [])];
    const server = startServer(program, args, { cwd: finalFolder, env: environment });
    open.push(() => server.stop());
    await server.waitFor(/serves the graph at/);
    expect((await checkHealth()).code).toBe(0);
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${sandbox.adminToken}` },
      body: '{"query":"{ subjects(first: 1) { totalCount } }"}',
    });
    expect(await answer.json()).toEqual({ data: { subjects: { totalCount: 50 } } });
    expect((await server.stop()).code).toBe(0);
  }, 300_000);
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
    // Where there is no Docker to resolve names, the replicas are named.
    const servers = replicas.map(
      ({ url }, index) => `  server gateway${index} ${new URL(url).host} check inter 100ms fall 1 rise 1`,
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

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
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
