import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../src', import.meta.url));

/** From top to bottom. A layer imports only from layers on a lower step; those on one step do not know each other. */
const steps = [
  ['http'],
  ['operations'],
  ['graph'],
  ['writes', 'review', 'record'],
  ['access'],
  ['directory'],
  ['assignments'],
  ['pages'],
  ['upstream'],
  ['redis', 'model'],
  ['platform'],
];
const layers = steps.flat();
/** Layers that the design has and nothing fills yet. */
const planned = new Set(['writes', 'record', 'access', 'directory']);
/** Folders that stand beside the layers, and all that they may import. */
const apart: Readonly<Record<string, readonly string[]>> = {
  sandbox: ['wire'],
  settings: ['model', 'platform'],
  wire: [],
};
/** What may see every layer. Nothing imports it. */
const composers = ['cli', 'composition', 'gateway.ts', 'index.ts'];

/** A library or a door to the outside, and the files that may use it. */
const doors: Readonly<Record<string, readonly string[]>> = {
  undici: ['upstream/transport/undici.ts'],
  dataloader: ['assignments/lookup/loader.ts'],
  ioredis: ['redis/connection.ts'],
  pg: ['record/database/sessions.ts'],
  '@electric-sql/pglite': ['record/database/directory.ts'],
  commander: ['cli/command-line.ts'],
  'csv-stringify': ['review/csv.ts'],
  'cli-progress': ['cli/progress.ts'],
  'process.env': ['settings/read.ts'],
  'Date.now(': ['platform/clock.ts', 'sandbox/core/clock.ts'],
  'setTimeout(': ['platform/clock.ts', 'sandbox/core/clock.ts'],
  'Math.random(': ['platform/random.ts'],
};

/** Doors that stay shut: a way around the ones above, or into the inside of something that is not ours. The bundle alone knows the files of the one undici that it is made of (`cli/bundle.mjs`). */
const shut = ['NetServer.prototype', 'net.Server.prototype', 'setFlagsFromString', 'createRequire', 'undici/lib'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'));
const textOf = (file: string): string => readFileSync(join(source, file), 'utf8');
/** The code without its comments, which may name what the code must not use. */
const codeOf = (file: string): string => textOf(file).replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
const placeOf = (file: string): string => file.split('/')[0] as string;
const stepOf = (layer: string): number => steps.findIndex((step) => step.includes(layer));

/** Imports of every form: from, re-export, side effect, dynamic, and `import('…')` in a type. */
const importsIn = (file: string, text: string): Import[] =>
  [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'";]*?from\s*'(\.[^']+)'|(?:^|\n)\s*import\s*'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g,
    ),
  ].map(([, type, named, sideEffect, dynamic]) => ({
    from: file,
    to: relative(source, resolve(source, dirname(file), (named ?? sideEffect ?? dynamic) as string))
      .split(sep)
      .join('/'),
    isTypeOnly: type !== undefined,
  }));

/** Why an import breaks the rule, or undefined where it keeps it. */
const complaintAbout = ({ from, to, isTypeOnly }: Import): string | undefined => {
  const [above, below] = [placeOf(from), placeOf(to)];
  if (to.startsWith('..')) return `${from} imports ${to}, which is outside src`;
  if (composers.includes(above) || above === below) return undefined;
  if (from.startsWith('upstream/') && below === 'wire' && isTypeOnly) return undefined;
  const allowed = apart[above];
  if (allowed !== undefined) {
    if (below === 'wire' && !isTypeOnly) return `${from} imports ${to}, of which there are only types`;
    return allowed.includes(below) ? undefined : `${from} imports ${to}: ${above} stands apart`;
  }
  if (!layers.includes(above) || !layers.includes(below)) return `${from} imports ${to}, which is no layer`;
  return stepOf(below) > stepOf(above) ? undefined : `${from} imports ${to}: ${above} is not above ${below}`;
};

/** A way through the imports that comes back to where it began, or undefined. Types count. */
const circleIn = (imports: readonly Import[]): readonly string[] | undefined => {
  const next = new Map<string, Import[]>();
  for (const link of imports) next.set(link.from, [...(next.get(link.from) ?? []), link]);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const { to } of next.get(file) ?? []) {
      const circle = visit(to, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const circle = visit(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
};

const imports = files.flatMap((file) => importsIn(file, textOf(file)));

describe('the layers of src', () => {
  it('are the ones of the design, and hold every file but the composers and what stands apart', () => {
    const found = [...new Set(files.map(placeOf))].filter((place) => !composers.includes(place));
    const expected = [...layers.filter((layer) => !planned.has(layer)), ...Object.keys(apart)];
    expect(found.filter((place) => !planned.has(place)).sort()).toEqual(expected.sort());
  });

  it('import only from layers below them', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(imports.map(complaintAbout).filter((complaint) => complaint !== undefined)).toEqual([]);
  });

  it('have no circles, type imports included', () => {
    expect(circleIn(imports)).toBeUndefined();
  });

  it('see a circle where there is one', () => {
    const link = (from: string, to: string): Import => ({ from, to, isTypeOnly: true });
    expect(circleIn([link('a', 'b'), link('b', 'c'), link('c', 'b')])).toEqual(['b', 'c', 'b']);
  });

  it.each([
    { from: 'model/a.ts', to: 'upstream/b.ts', isTypeOnly: true },
    { from: 'assignments/a.ts', to: 'graph/b.ts', isTypeOnly: false },
    { from: 'graph/a.ts', to: 'sandbox/b.ts', isTypeOnly: false },
    { from: 'graph/a.ts', to: 'wire/b.ts', isTypeOnly: true },
    { from: 'sandbox/a.ts', to: 'model/b.ts', isTypeOnly: true },
    { from: 'sandbox/a.ts', to: 'wire/b.ts', isTypeOnly: false },
    { from: 'http/a.ts', to: 'settings/b.ts', isTypeOnly: true },
    { from: 'writes/a.ts', to: 'review/b.ts', isTypeOnly: false },
    { from: 'redis/a.ts', to: 'model/b.ts', isTypeOnly: true },
    { from: 'platform/a.ts', to: 'model/b.ts', isTypeOnly: true },
    { from: 'upstream/a.ts', to: 'cli/b.ts', isTypeOnly: false },
    { from: 'graph/a.ts', to: '../test/b.ts', isTypeOnly: false },
  ])('may not import $to from $from', (wrong) => {
    expect(complaintAbout(wrong)).toBeDefined();
  });

  it.each([
    ["import { a } from './b.ts';", false],
    ["import type { a } from './b.ts';", true],
    ["export * from './b.ts';", false],
    ["import './b.ts';", false],
    ["const a = await import('./b.ts');", false],
    ["type A = import('./b.ts').A;", false],
  ])('are seen in %s', (text, isTypeOnly) => {
    expect(importsIn('http/a.ts', text)).toEqual([{ from: 'http/a.ts', to: 'http/b.ts', isTypeOnly }]);
  });
});

describe('the doors of src', () => {
  it('let the executor use graphql and the platform alone', () => {
    const inside = files.filter((file) => file.startsWith('operations/executor/'));
    expect(inside.length).toBeGreaterThan(5);
    const reached = inside.flatMap((file) => importsIn(file, textOf(file)).map(({ to }) => to));
    expect(reached.filter((to) => !to.startsWith('operations/executor/') && placeOf(to) !== 'platform')).toEqual([]);
    const libraries = inside.flatMap((file) =>
      [...codeOf(file).matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name),
    );
    expect([...new Set(libraries)].filter((name) => name !== 'graphql')).toEqual([]);
  });

  it.each(Object.entries(doors))('let %s in by one door', (door, allowed) => {
    const isUsed =
      door.includes('(') || door.includes('.')
        ? // Not the method of something else that has the same name.
          (code: string) => new RegExp(`(?<![\\w.])${door.replaceAll(/[.(]/g, '\\$&')}`).test(code)
        : (code: string) => new RegExp(`(?:from|import|require\\w*\\()\\s*\\(?\\s*'${door}(?:/[^']*)?'`).test(code);
    const users = files.filter((file) => isUsed(codeOf(file)));
    expect(users.filter((file) => !allowed.includes(file))).toEqual([]);
    expect(users.length).toBeGreaterThan(0);
  });

  it.each(shut)('keep %s out', (door) => {
    expect(files.filter((file) => codeOf(file).includes(door))).toEqual([]);
  });
});
