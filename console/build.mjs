// Builds the console into dist/console: compiles its queries against the printed schema, bundles it, compresses every file once, and fails
// where the first load has grown past its bound. Does nothing where nothing changed since the last time. With --queries it compiles these
// alone; --out names another folder.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const { values: flags } = parseArgs({ options: { queries: { type: 'boolean' }, out: { type: 'string' } } });
const out = flags.out ?? join(root, 'dist', 'console');
/** What the last build was made of. */
const stamp = flags.out === undefined ? join(here, 'src', '__generated__', 'built.sum') : join(out, 'built.sum');
/** What the first page may weigh, compressed: the document, its scripts and its styles. */
const maxFirstLoadBytes = 250_000;

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.includes('__generated__') && statSync(join(folder, file)).isFile())
    .sort()
    .map((file) => join(folder, file));

const sumOfInputs = () => {
  const hash = createHash('sha256');
  for (const file of [...filesIn(here), join(root, 'schema', 'schema.graphql'), join(root, 'package-lock.json')]) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
};

const compress = async (file) => {
  const bytes = readFileSync(file);
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, { params: quality }),
    promisify(gzip)(bytes, { level: 9 }),
  ]);
  writeFileSync(`${file}.br`, br);
  writeFileSync(`${file}.gz`, gz);
  return br.length;
};

const compileQueries = () => {
  mkdirSync(join(here, 'src', '__generated__'), { recursive: true });
  const compiler = createRequire(import.meta.url).resolve('relay-compiler/cli.js');
  execFileSync(process.execPath, [compiler, 'relay.config.json'], {
    cwd: here,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

const sum = sumOfInputs();
const isUnchanged = existsSync(stamp) && existsSync(join(out, 'index.html')) && readFileSync(stamp, 'utf8') === sum;
if (flags.queries || !isUnchanged) compileQueries();
if (!flags.queries && !isUnchanged) {
  // Whoever builds it: what is served is never React's own development build.
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn', build: { outDir: out } });
  const sizes = new Map();
  const files = filesIn(out).filter((file) => !/\.(br|gz)$/.test(file));
  await Promise.all(files.map(async (file) => sizes.set(file, await compress(file))));
  const page = readFileSync(join(out, 'index.html'), 'utf8');
  const first = files.filter(
    (file) => page.includes(file.slice(out.length).replaceAll('\\', '/')) || file.endsWith('index.html'),
  );
  const bytes = first.reduce((total, file) => total + sizes.get(file), 0);
  if (bytes > maxFirstLoadBytes) {
    throw new Error(
      `the console's first load is ${bytes} bytes compressed, over the ${maxFirstLoadBytes} that it may be`,
    );
  }
  process.stdout.write(`console: first load ${bytes} bytes compressed\n`);
  writeFileSync(stamp, sum);
}
