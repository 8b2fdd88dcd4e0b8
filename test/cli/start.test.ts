import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtCommand } from '../support/build-command.ts';
import { importsOf, loadedWith } from '../support/loaded-files.ts';

/** The packages that some files load together with all files that they import. */
const packagesOf = (files: readonly string[]): string[] => {
  const imports = loadedWith(files).flatMap(importsOf);
  return [...new Set(imports.filter((name) => !/^(?:\.|node:)/.test(name)))].toSorted();
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
