import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../src/index.ts';
import { compiledCodeIn } from './support/compiled-code.ts';
import { type Finished, runToEnd, startServer } from './support/processes.ts';
import { blocksOf, commandsOf } from './support/readme.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the package, installed in an empty folder', () => {
  /** Everything that the test makes, and in it the folder of a user. */
  const temporary = mkdtempSync(join(tmpdir(), 'rolescope-package-'));
  const folder = join(temporary, 'user');
  let sandbox: Sandbox;
  let packed: { name: string; version: string; files: { path: string }[] };

  beforeAll(async () => {
    mkdirSync(folder);
    // Packed from a copy, so that a build under way elsewhere is not disturbed.
    const { output } = await runToEnd('npm', ['pack', '--json', '--silent', '--pack-destination', temporary], {
      cwd: root,
    });
    const [found] = JSON.parse(output.slice(output.indexOf('['))) as [typeof packed & { filename: string }];
    packed = found;
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    const installed = await runToEnd('npm', ['install', '--no-audit', '--no-fund', join(temporary, found.filename)], {
      cwd: folder,
    });
    expect(installed.code, installed.output).toBe(0);
    sandbox = await createSandbox();
  }, 300_000);

  afterAll(async () => {
    await sandbox?.close();
    rmSync(temporary, { recursive: true, force: true });
  });

  const rolescope = (args: readonly string[], env: Record<string, string> = {}): Promise<Finished> =>
    runToEnd('npx', ['rolescope', ...args], { cwd: folder, env: { ...process.env, ...env } });

  it('holds what is needed to run and nothing of the tests', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const path of [
      'dist/cli/main.cjs',
      'dist/index.js',
      'dist/index.d.ts',
      'schema/schema.graphql',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
    ]) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => /^(src|test|bench|node_modules)\//.test(path))).toEqual([]);
  });

  it('holds no compiled code, which is good for one Node alone, and what makes some', async () => {
    const cli = join(folder, 'node_modules', 'rolescope', 'dist', 'cli');
    expect(packed.files.filter(({ path }) => path.startsWith('dist/cli/compiled'))).toEqual([]);
    // Without any it starts as every program does.
    expect((await rolescope(['--version'])).output).toContain(packed.version);
    const compile = () => runToEnd('node', [join(cli, 'compile.cjs')], { cwd: folder });
    writeFileSync(join(cli, 'compiled'), 'in the way');
    const failed = await compile();
    expect(failed.code).toBe(1);
    expect(failed.output).toMatch(/^compile: .*compiled/);
    expect(failed.output).not.toMatch(/\n +at /);
    rmSync(join(cli, 'compiled'));
    const { code, output } = await compile();
    expect(code, output).toBe(0);
    expect(output).toContain(`compiled for ${process.version}-`);
    const { taken, refused } = await compiledCodeIn(cli);
    expect(refused).toEqual([]);
    expect(taken.length).toBeGreaterThan(5);
  });

  it('prints its help and its version', async () => {
    const help = await rolescope(['--help']);
    expect(help.code).toBe(0);
    expect(help.output).toContain('Usage: rolescope');
    expect((await rolescope(['serve', '--help'])).output).toContain('ROLESCOPE_SANDBOX_SUBJECTS');
    expect((await rolescope(['--version'])).output).toContain(packed.version);
  });

  it('ends at once, with one line that names the choices, where there is nothing to serve', async () => {
    const { code, output } = await rolescope(['serve']);
    expect(code).toBe(1);
    const line = output.split('\n').filter((text) => text.startsWith('rolescope:'));
    expect(line).toHaveLength(1);
    for (const choice of ['--sandbox', 'ROLESCOPE_REGION', 'ROLESCOPE_UPSTREAM_URL']) expect(line[0]).toContain(choice);
  });

  it('brings nothing that only some need, and says what to install where it is asked for', async () => {
    const { output } = await runToEnd('npm', ['ls', '--all', '--parseable'], { cwd: folder });
    const ofPromClient = '@opentelemetry/api';
    const names = output.split('\n').map((path) => path.split('node_modules/').at(-1) ?? '');
    expect(names).toContain('graphql');
    expect(
      names.filter((name) => /^(typescript|@opentelemetry|@apollo)(\/|$)/.test(name) && name !== ofPromClient),
    ).toEqual([]);
    const traced = await rolescope(['serve', '--sandbox', '--port', '0', '--sandbox-port', '0'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    });
    expect(traced.code).toBe(1);
    expect(traced.output).toMatch(/^rolescope: .*npm install @opentelemetry\/api/m);
    expect(traced.output).not.toMatch(/\n +at /);
    for (const location of [`file:${join(temporary, 'record')}`, 'postgres://127.0.0.1:9/record']) {
      const kept = await rolescope(['serve', '--sandbox', '--port', '0', '--sandbox-port', '0'], {
        ROLESCOPE_RECORD: location,
      });
      expect(kept.code).toBe(1);
      expect(kept.output).toMatch(/^rolescope: ROLESCOPE_RECORD needs .*npm install .*pg@8/m);
      expect(kept.output).not.toMatch(/\n +at /);
    }
  });

  it('gives its types, its schema and its embedding interface to others', async () => {
    const script = `
      import { createGateway, createSandbox } from 'rolescope';
      import { readFileSync } from 'node:fs';
      import { createRequire } from 'node:module';
      const sdl = readFileSync(createRequire(import.meta.url).resolve('rolescope/schema.graphql'), 'utf8');
      console.log(typeof createGateway, typeof createSandbox, sdl.includes('type Subject implements Node'));`;
    const { output } = await runToEnd('node', ['--input-type=module', '-e', script], { cwd: folder });
    expect(output.trim()).toBe('function function true');
  });

  it('gives its types to TypeScript', async () => {
    writeFileSync(
      join(folder, 'consumer.ts'),
      `import { createGateway, createSandbox, type Gateway } from 'rolescope';
export const gateway: Gateway = createGateway({ upstreamUrl: 'http://127.0.0.1:1', port: 0 });
export const address: Promise<string> = createSandbox({ subjects: 10 }).then(({ url }) => url);
// @ts-expect-error: a setting has its type
createGateway({ port: 'many' });
`,
    );
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules', '@types'),
    ];
    const { code, output } = await runToEnd(tsc, [...flags, 'consumer.ts'], { cwd: folder });
    expect(output).toBe('');
    expect(code).toBe(0);
  });

  describe.each(commandsOf(blocksOf('README.md')).filter((command) => command.includes('npx')))(
    'runs %s',
    (command) => {
      it('as the README says', async () => {
        const [user] = sandbox.users;
        // The region's addresses would lead to the internet: those of the sandbox win over them.
        const env = {
          ...process.env,
          PORT: '0',
          ROLESCOPE_UPSTREAM_URL: sandbox.url,
          ROLESCOPE_USERS_URL: sandbox.urls.users,
          ROLESCOPE_DEVICES_URL: sandbox.urls.devices,
          ROLESCOPE_POLICIES_URL: sandbox.urls.policies,
          ROLESCOPE_TOKEN_URL: sandbox.tokenUrl,
          ROLESCOPE_PASSWORD: user?.password ?? '',
        };
        const here = command.replace('api-user@example.com', user?.name ?? '');
        if (command.endsWith('serve')) {
          const server = startServer('bash', ['-c', here], { cwd: folder, env });
          const [, url] = await server.waitFor(/serves the graph at (\S+)/);
          const health = await fetch((url as string).replace('/graphql', '/healthz'));
          expect(health.status).toBe(200);
          await health.text();
          await server.stop();
        } else {
          const { code, output } = await runToEnd('bash', ['-c', here], { cwd: folder, env });
          expect(code, output).toBe(0);
          expect(output).toMatch(command.endsWith('token') ? /^[\w-]+\.[\w-]+\.[\w-]+$/m : /✓/);
        }
      });
    },
  );
});
