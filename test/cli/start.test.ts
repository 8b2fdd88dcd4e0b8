import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtCommand } from '../support/build-command.ts';

/** What a file imports when it is loaded, not what it can load later. */
const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?:[^'"]*?\sfrom\s)?["']([^"']+)["'];$/gm)].flatMap(
    ([, name]) => name ?? [],
  );

/** The packages that some files load together with all files that they import. */
const packagesOf = (files: readonly string[]): string[] => {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) follow(join(dirname(file), name));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  };
  for (const file of files) follow(file);
  return [...packages].toSorted();
};

describe('the start', () => {
  it('of a gateway loads these packages and leaves the others until they are needed', () => {
    const [, serve] = /import\("\.\/(serve-[^"]+)"\)/.exec(readFileSync(builtCommand, 'utf8')) ?? [];
    // Each one more costs every gateway memory, and time to the first answer: load it where it is used.
    expect(packagesOf([builtCommand, join(dirname(builtCommand), serve ?? '')])).toEqual([
      '@pothos/core',
      '@pothos/plugin-relay',
      'csv-stringify/sync',
      'dataloader',
      'graphql',
      'jose/jwt/decode',
      'lru-cache',
      'pino',
      'sirv',
      'undici',
    ]);
  });

  it('of any command loads no package, and what reads the command line where there is more than a command', () => {
    expect(packagesOf([builtCommand])).toEqual([]);
    const [, reader] = /import\("\.\/(command-line-[^"]+)"\)/.exec(readFileSync(builtCommand, 'utf8')) ?? [];
    expect(packagesOf([join(dirname(builtCommand), reader ?? '')])).toEqual(['commander']);
  });
});
