import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stores } from './stores/table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

/** Files of the gateway. The sandbox is for whoever develops against it. */
const sourceFiles = (): string[] =>
  readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !path.startsWith('src/sandbox/'));

/** The names of the rows of the table below that heading. */
const rowsBelow = (heading: string): string[] => {
  const [, section = ''] = read('SECURITY.md').split(`\n## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((row) => row.split('|')[1]?.trim() ?? '');
};

describe('what is kept', () => {
  it('stands in SECURITY.md, and each row there has what shows its bound', () => {
    expect(Object.keys(stores).toSorted()).toEqual(rowsBelow('Everything that is kept, and its bound').toSorted());
  });

  it('is in no cache that has no row, or no bound', () => {
    const files = sourceFiles().filter((path) => read(path).includes('new LRUCache'));
    const known = Object.values(stores).flatMap(({ madeIn = [] }) => madeIn.map((file) => `src/${file}`));
    expect(files.toSorted()).toEqual([...new Set(known)].toSorted());
    for (const file of files) {
      const calls = read(file)
        .split(/new LRUCache\b/)
        .slice(1);
      for (const call of calls) expect(call.slice(0, 200), file).toMatch(/\bmax(?:Size)?:|\batMost\(/);
    }
  });

  const filled = Object.entries(stores).flatMap(([name, { fill }]) => (fill === undefined ? [] : [{ name, fill }]));
  it.each(filled)('keeps to its bound: $name', async ({ fill }) => {
    expect.hasAssertions();
    await fill();
  });

  const elsewhere = Object.entries(stores).flatMap(([store, { shownBy = [] }]) =>
    shownBy.map(([file, name]) => ({ store, file, name })),
  );
  it.each(elsewhere)('is filled in another test: $store, $file', ({ file, name }) => {
    expect(read(`test/${file}`)).toContain(name);
  });

  it('is filled, or it is said why not', () => {
    for (const [name, { fill, shownBy = [], notFilled }] of Object.entries(stores)) {
      expect([fill !== undefined || shownBy.length > 0, notFilled !== undefined], name).toContain(true);
    }
  });
});
