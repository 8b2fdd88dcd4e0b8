import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

const text = read('CONTRIBUTING.md');
const manifest = JSON.parse(read('package.json')) as Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Rows of the table below a heading: what is named, and what is said of it. */
const rowsOf = (heading: string): [string, string][] => {
  const [section = ''] = text.split(`### ${heading}\n`)[1]?.split(/^#/m) ?? [];
  return [...section.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name = '', reason = '']) => [name, reason]);
};

describe('CONTRIBUTING', () => {
  it.each([
    ['What runs', 'dependencies'],
    ['What tests, builds and measures', 'devDependencies'],
    ['What is optional', 'peerDependencies'],
    ['Overrides', 'overrides'],
  ])('says under "%s" why each of %s is there, and of none that is not', (heading, field) => {
    const rows = rowsOf(heading);
    expect(rows.map(([name]) => name)).toEqual(Object.keys(manifest[field] ?? {}).sort());
    for (const [name, reason] of rows) expect(reason.length, name).toBeGreaterThan(5);
  });

  it('names exact versions only', () => {
    for (const field of ['dependencies', 'devDependencies', 'overrides']) {
      for (const version of Object.values(manifest[field] ?? {})) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it('names only commands that there are', () => {
    const commands = [...text.matchAll(/`npm (?:run )?([a-z:]+)`/g)].map(([, command]) => command as string);
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) expect(Object.keys(manifest['scripts'] ?? {})).toContain(command);
  });
});

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
}

describe('what comes with the package', () => {
  it('is under licences that let everybody use it', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, Locked>> };
    const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
    expect(installed.length).toBeGreaterThan(20);
    const free = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];
    expect(installed.filter(([, { license = 'none' }]) => !free.includes(license))).toEqual([]);
  });
});
