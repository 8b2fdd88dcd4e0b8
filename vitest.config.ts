import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** What takes a minute or more: where it begins last, one process works on it while the other has nothing left to do. */
const longest =
  /test\/(dockerfile|fresh-clone|package|hostile\/(fuzz|load)|console\/(lists|pages|record)|cli\/record|graph\/access\/model|record\/faults|upstream\/matrix)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]) {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: (typeof files)[number]): boolean => longest.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  resolve: {
    alias: [
      // Without it vitest loads graphql twice, once as ESM and once as CommonJS, and every schema is "from another realm".
      { find: /^graphql$/, replacement: 'graphql/index.js' },
      // The examples import the package by its name, as its users do.
      { find: /^rolescope$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-command.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // Of two processors vitest would leave one unused; most of a test's time is waiting.
    maxWorkers: 2,
    // Real servers and real time on a machine that others use too: what fails twice is broken. The report marks what needed a second try.
    retry: process.env['CI'] === 'true' ? 1 : 0,
  },
});
