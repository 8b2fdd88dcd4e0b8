import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compiledCodeIn } from '../support/compiled-code.ts';
import { runToEnd } from '../support/processes.ts';

const built = fileURLToPath(new URL('../../src/cli/built/', import.meta.url));

interface Loader {
  readonly command: string;
  readonly compiledFolder: string;
  readonly createLoad: (options: { readonly compiled: ReadonlySet<string> }) => (name: string) => unknown;
}

describe('the start of the built command', () => {
  let folder: string;
  let loader: Loader;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rolescope-compiled-'));
    for (const name of ['main.cjs', 'load-compiled.cjs']) copyFileSync(join(built, name), join(folder, name));
    loader = createRequire(import.meta.url)(join(folder, 'load-compiled.cjs')) as Loader;
    write({
      'command.cjs': `"use strict";
        const shared = require("./shared.cjs");
        shared.count++;
        Promise.resolve().then(() => require("./later.cjs")).then(({ count }) => {
          const isOfModule = this === exports && module.exports === exports && __filename.endsWith("command.cjs");
          // Node's own modules have paths.
          const loader = module.paths === undefined ? "compiled" : "Node";
          console.log([count, require("node:path").sep, isOfModule, typeof require.resolve, "by", loader].join(" "));
        });`,
      'shared.cjs': '"use strict"; exports.count = 1;',
      'later.cjs': '"use strict"; exports.count = require("./shared.cjs").count;',
    });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  };

  /** Writes what V8 makes of these files when it loads them, without the flags of the process that runs the tests. */
  const compile = async (...names: string[]): Promise<void> => {
    const script = `
      const { mkdirSync, writeFileSync } = require('node:fs');
      const { compiledFolder, createLoad } = require(process.argv[1]);
      const scripts = [];
      const load = createLoad({ compiled: new Set(), onScript: (...each) => scripts.push(each) });
      for (const name of process.argv.slice(2)) load(name);
      mkdirSync(compiledFolder, { recursive: true });
      for (const [name, script] of scripts) writeFileSync(compiledFolder + '/' + name, script.createCachedData());`;
    const { code, output } = await runToEnd(
      process.execPath,
      ['-e', script, join(folder, 'load-compiled.cjs'), ...names],
      { env: { PATH: process.env['PATH'] } },
    );
    expect(code, output).toBe(0);
  };

  const start = async (...flags: string[]): Promise<string> => {
    const { code, output } = await runToEnd(process.execPath, [...flags, join(folder, 'main.cjs')], {
      env: { PATH: process.env['PATH'] },
    });
    expect(code, output).toBe(0);
    return output.trim();
  };
  const answer = '2 / true function by';

  it('loads files as Node does where there is no compiled code', async () => {
    expect(await start()).toBe(`${answer} Node`);
  });

  it('takes compiled code, and does the same', async () => {
    await compile('command.cjs');
    expect(readdirSync(loader.compiledFolder).toSorted()).toEqual(['command.cjs', 'shared.cjs']);
    expect(await compiledCodeIn(folder)).toEqual({ taken: ['command.cjs', 'shared.cjs'], refused: [] });
    expect(await start()).toBe(`${answer} compiled`);
  });

  it('loads each file once, and one that nothing was compiled of with the others', async () => {
    await compile('command.cjs');
    rmSync(join(loader.compiledFolder, 'shared.cjs'));
    expect(await compiledCodeIn(folder)).toEqual({ taken: ['command.cjs'], refused: [] });
    expect(await start()).toBe(`${answer} compiled`);
  });

  it.each([
    ['cut off', (data: Buffer) => data.subarray(0, data.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['nothing but zeros', (data: Buffer) => Buffer.alloc(data.length)],
  ])('compiles anew what is %s', async (_, spoil) => {
    await compile('command.cjs');
    const file = join(loader.compiledFolder, 'command.cjs');
    writeFileSync(file, spoil(readFileSync(file)));
    expect(await compiledCodeIn(folder)).toEqual({ taken: ['shared.cjs'], refused: ['command.cjs'] });
    expect(await start()).toBe(`${answer} Node`);
  });

  it('compiles anew what was made with other flags of V8', async () => {
    await compile('command.cjs');
    const { taken, refused } = await compiledCodeIn(folder, ['--no-lazy']);
    expect({ taken, refused: refused.toSorted() }).toEqual({ taken: [], refused: ['command.cjs', 'shared.cjs'] });
    expect(await start('--no-lazy')).toBe(`${answer} Node`);
  });

  it('starts where Node may not look at its own file', async () => {
    await compile('command.cjs');
    const [flag] = ['--permission', '--experimental-permission'].filter((name) =>
      process.allowedNodeEnvironmentFlags.has(name),
    );
    expect(await start(flag as string, `--allow-fs-read=${folder}/*`)).toContain(`${answer} Node`);
  });

  it('leaves alone what another Node has made', async () => {
    await compile('command.cjs');
    const other = join(loader.compiledFolder, '..', 'v0.0.0-linux-x64-1');
    mkdirSync(other);
    for (const name of readdirSync(loader.compiledFolder)) writeFileSync(join(other, name), 'not for this one');
    rmSync(loader.compiledFolder, { recursive: true });
    expect(await start()).toBe(`${answer} Node`);
    await expect(compiledCodeIn(folder)).rejects.toThrow('ENOENT');
  });

  it('loads files larger than what it reads into at first, one behind the other', async () => {
    const long = (letter: string, size: number) => `"use strict"; exports.text = "${letter.repeat(size)}";`;
    write({ 'large.cjs': long('a', 600_000), 'larger.cjs': long('b', 2_000_000), 'small.cjs': long('c', 3) });
    await compile('large.cjs', 'larger.cjs', 'small.cjs');
    const taken = ['large.cjs', 'larger.cjs', 'small.cjs'];
    expect(await compiledCodeIn(folder)).toEqual({ taken, refused: [] });
    const load = loader.createLoad({ compiled: new Set(taken) });
    const textOf = (name: string) => (load(name) as { text: string }).text;
    expect(textOf('large.cjs')).toBe('a'.repeat(600_000));
    expect(textOf('larger.cjs')).toBe('b'.repeat(2_000_000));
    expect(textOf('small.cjs')).toBe('ccc');
    expect(textOf('large.cjs')).toBe('a'.repeat(600_000));
  });

  it('does without compiled code that has gone while it runs', async () => {
    await compile('command.cjs');
    const load = loader.createLoad({ compiled: new Set(['shared.cjs']) });
    rmSync(loader.compiledFolder, { recursive: true });
    expect(load('shared.cjs')).toEqual({ count: 1 });
  });

  it('takes compiled code that is larger than its file', async () => {
    const functions = Array.from(
      { length: 10_000 },
      (_, index) => `exports.of${index} = () => [${index}, "${index}"];`,
    );
    write({ 'many.cjs': `"use strict";\n${functions.join('\n')}\nfor (const each of Object.values(exports)) each();` });
    await compile('many.cjs');
    const sizeOf = (path: string) => readFileSync(path).length;
    expect(sizeOf(join(folder, 'many.cjs'))).toBeLessThan(1024 * 1024);
    expect(sizeOf(join(loader.compiledFolder, 'many.cjs'))).toBeGreaterThan(1024 * 1024);
    expect(await compiledCodeIn(folder)).toEqual({ taken: ['many.cjs'], refused: [] });
  });

  it('loads a file again that failed, and says so each time', () => {
    write({ 'needy.cjs': '"use strict"; exports.isHalf = true; exports.missing = require("./missing.cjs");' });
    const load = loader.createLoad({ compiled: new Set() });
    for (let times = 0; times < 2; times++) expect(() => load('needy.cjs')).toThrow('ENOENT');
    expect(() => load('shared.cjs')).not.toThrow();
    write({ 'missing.cjs': 'module.exports = "there";' });
    expect(load('needy.cjs')).toEqual({ isHalf: true, missing: 'there' });
  });

  it('names the file and the line where something throws', () => {
    write({ 'thrower.cjs': '"use strict";\nexports.fail = () => {\n  throw new Error("no");\n};' });
    const { fail } = loader.createLoad({ compiled: new Set() })('thrower.cjs') as { fail: () => void };
    expect(fail).toThrow('no');
    let stack = '';
    try {
      fail();
    } catch (error) {
      stack = (error as Error).stack ?? '';
    }
    expect(stack).toContain(`${join(folder, 'thrower.cjs')}:3:9`);
  });
});
