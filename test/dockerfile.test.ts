import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createSandbox } from '../src/index.ts';
import { compiledCodeIn } from './support/compiled-code.ts';
import { freePort } from './support/free-port.ts';
import { runToEnd, startServer } from './support/processes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

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
    expect(textsOf('RUN')).toEqual(['node dist/cli/compile.cjs']);
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
    expect(existsSync(join(finalFolder, 'dist', 'cli', 'compiled'))).toBe(false);
    for (const text of textsOf('RUN')) {
      const { code, output } = await runToEnd('sh', ['-c', text], { cwd: finalFolder });
      expect(code, output).toBe(0);
    }
    const { taken, refused } = await compiledCodeIn(join(finalFolder, 'dist', 'cli'));
    expect(refused).toEqual([]);
    expect(taken.length).toBeGreaterThan(5);
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
