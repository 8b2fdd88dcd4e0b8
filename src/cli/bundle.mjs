// Puts the built command and the packages that it loads at its start into a few files in dist/cli: finding and compiling a thousand takes half of the time
// to the first answer. Runs behind the compiler. Who imports the package gets the compiler's files, and shares packages with it.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'dist', 'cli');
const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What is not there in every installation, and what is loaded only where it is used. Their users are this package's files, so that they are found from there. */
const leftOut = [...Object.keys(peerDependencies), '@graphql-yoga/render-graphiql', 'cli-progress'];

const bundle = await rolldown({
  input: { main: join(command, 'main.js') },
  platform: 'node',
  external: (id) => leftOut.some((name) => id === name || id.startsWith(`${name}/`)),
});
// Made elsewhere first: the compiler's files in dist/cli are what it is made of, and go.
const made = mkdtempSync(join(root, 'dist', 'bundle-'));
// All beside main.js: files of the package are found from there.
const { output } = await bundle.write({
  dir: made,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
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

rmSync(command, { recursive: true });
renameSync(made, command);
chmodSync(command, 0o755);
chmodSync(join(command, 'main.js'), 0o755);
