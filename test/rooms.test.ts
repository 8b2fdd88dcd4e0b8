import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../src', import.meta.url));

/** From top to bottom: a room imports only from rooms below it. */
const rooms = ['server', 'graph', 'directory', 'pages', 'upstream', 'model'];
/** Files outside the rooms that may see every room. */
const composers = ['cli.ts', 'gateway.ts', 'index.ts'];
/** Files outside the rooms that no room imports, and that see nothing but the model: what the command line needs. */
const settingsFiles = [
  'config.ts',
  'password-prompt.ts',
  'sandbox-settings.ts',
  'server-settings.ts',
  'setting-kinds.ts',
  'settings.ts',
  'upstream-settings.ts',
];
const wireTypes = join('upstream', 'wire.ts');

/** A library or a door to the outside, and the files that may use it. */
const doors: Readonly<Record<string, readonly string[]>> = {
  undici: ['upstream/undici-send.ts'],
  dataloader: ['directory/loader.ts'],
  ioredis: ['pages/redis-connection.ts'],
  'process.env': ['config.ts'],
  'Date.now(': ['model/clock.ts', 'sandbox/clock.ts'],
  'setTimeout(': ['model/clock.ts', 'sandbox/clock.ts'],
  'Math.random(': ['model/random.ts'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const textOf = (file: string): string => readFileSync(join(source, file), 'utf8');
/** The code without its comments, which may name what the code must not use. */
const codeOf = (file: string): string => textOf(file).replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
const roomOf = (file: string): string => (file.includes(sep) ? (file.split(sep)[0] as string) : '');

const importsOf = (file: string): Import[] =>
  [
    ...textOf(file).matchAll(
      /(?:^|\n)(import|export)\s+(type\s)?[^'";]*?from\s*'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g,
    ),
  ].map(([, , type, specifier, dynamic]) => ({
    from: file,
    to: relative(source, resolve(source, dirname(file), (specifier ?? dynamic) as string)),
    isTypeOnly: type !== undefined,
  }));

/** Why an import breaks the rule, or undefined where it keeps it. */
const complaintAbout = ({ from, to, isTypeOnly }: Import): string | undefined => {
  if (composers.includes(from)) return undefined;
  const [above, below] = [roomOf(from), roomOf(to)];
  if (to.startsWith('..')) return `${from} imports ${to}, which is outside src`;
  if (settingsFiles.includes(from)) {
    return below === 'model' || settingsFiles.includes(to) ? undefined : `${from} imports ${to}`;
  }
  if (above === below) return undefined;
  if (above === 'sandbox') {
    return to === wireTypes && isTypeOnly ? undefined : `${from} imports ${to}: the sandbox shares wire types only`;
  }
  const isBelow = rooms.indexOf(below) > rooms.indexOf(above) && rooms.includes(above);
  return isBelow ? undefined : `${from} imports ${to}: ${above || 'the top'} is not above ${below || 'the top'}`;
};

describe('the rooms of src', () => {
  const imports = files.flatMap(importsOf);

  it('are the ones of the design, and hold every file but the composers and what the command line needs', () => {
    const found = new Set(files.map(roomOf));
    found.delete('');
    expect([...found].sort()).toEqual([...rooms, 'sandbox'].sort());
    expect(files.filter((file) => roomOf(file) === '').sort()).toEqual([...composers, ...settingsFiles].sort());
  });

  it('import only from rooms below them', () => {
    expect(imports.length).toBeGreaterThan(50);
    expect(imports.map(complaintAbout).filter((complaint) => complaint !== undefined)).toEqual([]);
  });

  it.each([
    { from: join('model', 'a.ts'), to: join('upstream', 'b.ts'), isTypeOnly: true },
    { from: join('directory', 'a.ts'), to: join('graph', 'b.ts'), isTypeOnly: false },
    { from: join('graph', 'a.ts'), to: join('sandbox', 'b.ts'), isTypeOnly: false },
    { from: join('sandbox', 'a.ts'), to: join('model', 'b.ts'), isTypeOnly: true },
    { from: join('sandbox', 'a.ts'), to: wireTypes, isTypeOnly: false },
    { from: join('server', 'a.ts'), to: 'config.ts', isTypeOnly: true },
  ])('may not import $to from $from', (wrong) => {
    expect(complaintAbout(wrong)).toBeDefined();
  });

  it.each(Object.entries(doors))('let %s in by one door', (door, allowed) => {
    const isUsed =
      door.includes('(') || door.includes('.')
        ? (code: string) => code.includes(door)
        : (code: string) => code.includes(`from '${door}'`) || code.includes(`import('${door}')`);
    const users = files.filter((file) => isUsed(codeOf(file))).map((file) => file.split(sep).join('/'));
    expect(users.filter((file) => !allowed.includes(file))).toEqual([]);
    expect(users.length).toBeGreaterThan(0);
  });
});
