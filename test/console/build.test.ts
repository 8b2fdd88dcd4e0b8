import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../support/processes.ts';
import { buildConsole } from './running-console.ts';

describe("the console's build", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await buildConsole();
  }, 120_000);

  it('does nothing where nothing has changed', async () => {
    const page = join(folder, 'index.html');
    const before = statSync(page).mtimeMs;
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const again = await runToEnd('node', ['console/build.mjs', '--out', folder], { cwd: root });
    expect(again).toEqual({ code: 0, output: '' });
    expect(statSync(page).mtimeMs).toBe(before);
  });
});
