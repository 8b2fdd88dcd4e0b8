// Puts the built command and the packages that it loads at its start into a few files in dist/cli: finding and compiling a thousand takes half of the time
// to the first answer. Runs behind the compiler. Who imports the package gets the compiler's files, and shares packages with it. --from names other files of
// the compiler's, and --out another folder, which has to be as far below the package's as dist/cli: the package's files are found from there.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: flags } = parseArgs({ options: { from: { type: 'string' }, out: { type: 'string' } } });
const from = resolve(flags.from ?? join(root, 'dist', 'cli'));
const out = resolve(flags.out ?? from);
const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What is not there in every installation, and what is loaded only where it is used. Their users are this package's files, so that they are found from there. */
const leftOut = [...Object.keys(peerDependencies), '@graphql-yoga/render-graphiql', 'cli-progress'];

const undici = dirname(fileURLToPath(import.meta.resolve('undici')));
const refusal = (what) => `() => { throw new Error('${what} is not bundled: see src/cli/bundle.mjs'); }`;

/**
 * What is bundled in place of a file of undici's. Its index loads fetch, WebSockets and mocks beside the pool, which is all that is used of it, and makes itself the agent of
 * Node's own fetch; its client loads HTTP/2, which is off, and how a form is sent. A bundler cannot leave out what CommonJS loads.
 */
const standIns = new Map([
  [join(undici, 'index.js'), "export { default as Pool } from './lib/dispatcher/pool.js';"],
  [join(undici, 'lib', 'dispatcher', 'client-h2.js'), `module.exports = ${refusal('HTTP/2')};`],
  [join(undici, 'lib', 'web', 'fetch', 'body.js'), `module.exports.extractBody = ${refusal('FormData')};`],
]);

/** The modules of the files that `serve` loads before it listens, filled before they are written: what every command loads, what others can load as well, and the rest. */
const groups = { base: new Set(), shared: new Set(), serve: new Set() };
/** The packages of each in a file, graphql in another. */
const kinds = [
  ['-graphql', /[\\/]node_modules[\\/]graphql[\\/]/],
  ['-packages', /[\\/]node_modules[\\/]/],
];

const reached = (start, nextOf) => {
  const met = new Set([start]);
  for (const id of met) for (const next of nextOf(id)) met.add(next);
  return met;
};

const bundle = await rolldown({
  input: { command: join(from, 'main.js') },
  platform: 'node',
  // graphql names its ECMAScript modules in `module`: of its CommonJS ones all would be bundled, used or not.
  resolve: { mainFields: ['module', 'main'] },
  external: (id) => leftOut.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [
    { name: 'stand-ins', load: (id) => standIns.get(id) },
    {
      name: 'what-serve-loads',
      buildEnd(failed) {
        if (failed) return;
        const absent = [...standIns.keys()].filter((id) => this.getModuleInfo(id) === null);
        if (absent.length > 0) this.error(`nothing loads ${absent.join(', ')}: see what undici has instead`);
        const [main, serve] = [join(from, 'main.js'), join(from, 'serve.js')];
        const importsOf = (id) => this.getModuleInfo(id)?.importedIds ?? [];
        const loadsOf = (id) => [...importsOf(id), ...(this.getModuleInfo(id)?.dynamicallyImportedIds ?? [])];
        const base = reached(main, importsOf);
        const others = reached(main, (id) => loadsOf(id).filter((loaded) => loaded !== serve));
        for (const id of new Set([...base, ...reached(serve, importsOf)])) {
          groups[base.has(id) ? 'base' : others.has(id) ? 'shared' : 'serve'].add(id);
        }
      },
    },
  ],
});
// Made elsewhere first: the compiler's files in dist/cli are what it is made of, and go.
const made = mkdtempSync(join(dirname(from), 'bundle-'));
// All beside main.cjs: files of the package are found from there.
const { output } = await bundle.write({
  dir: made,
  // With `built/main.cjs` in front, which can give V8 what it has compiled before; Node lets nobody do that for ECMAScript modules.
  format: 'cjs',
  // What stays outside is required too: a script with compiled code may only import with what is experimental in Node.
  dynamicImportInCjs: false,
  strict: true,
  // A bundler by itself makes eighteen, each of which has to be found and linked. In one alone V8 compiles the same more slowly.
  codeSplitting: {
    groups: [
      ...Object.entries(groups).flatMap(([name, ids]) =>
        kinds.map(([kind, pattern]) => ({ name: name + kind, test: (id) => ids.has(id) && pattern.test(id) })),
      ),
      { name: 'base', test: (id) => groups.base.has(id) },
      // What is our own is in one file, whoever else can load it: from another a function is called through a getter, which costs pages that are not kept a fifth more.
      { name: 'serve', test: (id) => groups.shared.has(id) || groups.serve.has(id) },
    ],
  },
  // The name says what is in a file, so that compiled code of an earlier build is never taken for that of this one: V8 itself compares lengths only.
  entryFileNames: '[name]-[hash].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  // The text of what runs stays in memory: twice as long where a single letter is not ASCII. Lines and the names of functions stay, for stack traces.
  charset: 'ascii',
  comments: false,
  minify: { compress: false, mangle: { toplevel: true, keepNames: true }, codegen: { removeWhitespace: false } },
});
await bundle.close();

/** The folder of each bundled package. */
const packages = new Set();
for (const { moduleIds = [] } of output) {
  for (const id of moduleIds) {
    const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
    if (folder !== undefined && !folder.startsWith('\0')) packages.add(folder);
  }
}
const licenses = [...packages]
  .toSorted((a, b) => (a < b ? -1 : 1))
  .map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : `\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
    return `${name} ${version} (${license})${text}\n`;
  });
writeFileSync(join(made, 'LICENSES.txt'), licenses.join(`\n${'-'.repeat(80)}\n\n`));

const notAscii = output.filter(({ code = '' }) => /[^\0-\x7f]/.test(code)).map(({ fileName }) => fileName);
if (notAscii.length > 0) throw new Error(`not all ASCII, as load-compiled.cjs takes them: ${notAscii.join(', ')}`);

/** What the bundle is started by, as it is in the sources but for the name of the command's file. */
const built = join(root, 'src', 'cli', 'built');
for (const name of ['main.cjs', 'compile.cjs']) copyFileSync(join(built, name), join(made, name));
const [{ fileName: command }] = output.filter(({ name, isEntry }) => isEntry && name === 'command');
const loader = readFileSync(join(built, 'load-compiled.cjs'), 'utf8');
const placeholder = "command = 'command.cjs'";
if (!loader.includes(placeholder)) throw new Error(`load-compiled.cjs has no ${placeholder}`);
writeFileSync(join(made, 'load-compiled.cjs'), loader.replace(placeholder, `command = '${command}'`));

rmSync(out, { recursive: true, force: true });
renameSync(made, out);
chmodSync(out, 0o755);
chmodSync(join(out, 'main.cjs'), 0o755);
execFileSync(process.execPath, [join(out, 'compile.cjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
