// Puts the built command and the packages that it loads at its start into a few files in dist/cli: finding and compiling a thousand takes half of the time
// to the first answer. Runs behind the compiler. Who imports the package gets the compiler's files, and shares packages with it. --from names other files of
// the compiler's, and --out another folder, which has to be as far below the package's as dist/cli: the package's files are found from there.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

const bundle = await rolldown({
  input: { main: join(from, 'main.js') },
  platform: 'node',
  external: (id) => leftOut.some((name) => id === name || id.startsWith(`${name}/`)),
});
// Made elsewhere first: the compiler's files in dist/cli are what it is made of, and go.
const made = mkdtempSync(join(dirname(from), 'bundle-'));
// All beside main.js: files of the package are found from there.
const { output } = await bundle.write({
  dir: made,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
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

rmSync(out, { recursive: true, force: true });
renameSync(made, out);
chmodSync(out, 0o755);
chmodSync(join(out, 'main.js'), 0o755);
