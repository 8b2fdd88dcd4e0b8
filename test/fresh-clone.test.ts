import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledCodeIn } from './support/compiled-code.ts';
import { loadedWith } from './support/loaded-files.ts';
import { runToEnd, type Server, startServer } from './support/processes.ts';
import { blocksOf, commandsOf } from './support/readme.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Nothing but what git would bring, and nothing from the environment but the way to the registry. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|npm_config_(registry|cache)|.*_proxy)$/i.test(name),
  ),
);

describe('a fresh clone', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let token: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rolescope-clone-'));
    const listed = await runToEnd('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
      cwd: root,
    });
    for (const file of listed.output.split('\0').filter((name) => name !== '')) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      cpSync(join(root, file), join(folder, file));
    }
    const [install] = commandsOf(blocksOf('README.md'));
    server = startServer('bash', ['-c', install as string], {
      cwd: folder,
      env: { ...environment, PORT: '0', ROLESCOPE_SANDBOX_PORT: '0' },
    });
    url = (await server.waitFor(/serves the graph at (\S+)/))[1] as string;
    token = (await server.waitFor(/(eyJ\S+)/))[1] as string;
  }, 300_000);

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
    // The whole of node_modules has to be taken away.
  }, 300_000);

  const ask = async (parameters: object): Promise<{ data: object }> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(parameters),
    });
    return (await response.json()) as { data: object };
  };

  it("answers the README's query after its first command", async () => {
    const blocks = blocksOf('README.md');
    const [query, variables, answer] = [
      blocks.find(({ language }) => language === 'graphql')?.text,
      ...blocks.filter(({ language }) => language === 'json').map(({ text }) => JSON.parse(text) as { data: object }),
    ];
    expect((await ask({ query, variables })).data).toEqual((answer as { data: object }).data);
  });

  /** The bundle leaves out what the pool of connections does not need: what it does need is all there. */
  it('changes a role, and shows the console', async () => {
    const change = `{
      subject: { reference: "286f5456-a0ac-4e8a-8508-5c2224b47ae6", type: UNSPECIFIED }
      roleName: "admin"
      at: { scopes: [{ customerUuid: "30bd93aa-c0ef-4fcf-a73f-ce80610bd161" }] }
    }`;
    const query = `mutation { revokeRoles(input: { changes: [${change}] }) { results { status } } }`;
    expect(await ask({ query })).toMatchObject({ data: { revokeRoles: { results: [{ status: 'CHANGED' }] } } });
    const page = await (await fetch(new URL('/', url), { headers: { accept: 'text/html' } })).text();
    const [, script = ''] = /<script [^>]*src="([^"]+)"/.exec(page) ?? [];
    expect(script).toMatch(/^\/assets\//);
    const file = await fetch(new URL(script, url));
    expect(file.headers.get('content-type')).toContain('javascript');
    expect((await file.text()).length).toBeGreaterThan(10_000);
  });

  it('finds from its bundle what is not in there: GraphiQL, a database and a tracer', async () => {
    expect(await (await fetch(url, { headers: { accept: 'text/html' } })).text()).toMatch(
      /"\/graphiql\/[0-9a-f]{20}\.js"/,
    );
    const recording = startServer(
      'node',
      ['dist/cli/main.cjs', 'serve', '--sandbox', '--port', '0', '--sandbox-port', '0'],
      {
        cwd: folder,
        env: { ...environment, ROLESCOPE_RECORD: 'file:./record', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
      },
    );
    await recording.waitFor(/serves the graph at/);
    const { code, output } = await recording.stop();
    expect(code, output).toBe(0);
    expect(existsSync(join(folder, 'record'))).toBe(true);
  }, 120_000);

  it('loads nothing of a gateway, and no package, before it knows what is asked for', () => {
    const { command } = createRequire(import.meta.url)(join(folder, 'dist', 'cli', 'load-compiled.cjs')) as {
      command: string;
    };
    const loaded = loadedWith([join(folder, 'dist', 'cli', command)]);
    expect(loaded.length).toBeGreaterThan(1);
    const text = loaded.map((file) => readFileSync(file, 'utf8')).join('');
    expect(text).not.toContain('node_modules/');
    expect(text).not.toMatch(/^\/\/ dist\/(?!(?:cli|model|settings)\/)/m);
  });

  it('starts with the code that V8 has made of it at the build', async () => {
    const { taken, refused } = await compiledCodeIn(join(folder, 'dist', 'cli'));
    expect(refused).toEqual([]);
    for (const name of ['command', 'serve', 'serve-graphql', 'serve-packages', 'shared-packages']) {
      expect(taken.filter((file) => new RegExp(`^${name}-[\\w-]{8}\\.cjs$`).test(file))).toHaveLength(1);
    }
  });

  it('has a command that npx runs, after every build', async () => {
    const npx = () => runToEnd('npx', ['--no', 'rolescope', '--version'], { cwd: folder, env: environment });
    const first = await npx();
    expect(first.output).toMatch(/^\d+\.\d+\.\d+$/m);
    expect(first.code).toBe(0);
    // The compiler writes a new file, without a run bit, where there is none.
    rmSync(join(folder, 'dist', 'cli'), { recursive: true });
    const { code, output } = await runToEnd('npm', ['run', 'build'], { cwd: folder, env: environment });
    expect(code, output).toBe(0);
    expect((await npx()).output).toBe(first.output);
  });

  it('ends in good order when it is told to', async () => {
    const { output } = await server.stop();
    expect(output).not.toMatch(/\n +at /);
    await expect(fetch(url)).rejects.toThrow();
  });
});
