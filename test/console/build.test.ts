import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../support/processes.ts';
import { buildConsole, type BuiltConsole } from './running-console.ts';

describe("the console's build", () => {
  let built: BuiltConsole;
  beforeAll(async () => {
    built = await buildConsole();
  }, 120_000);
  afterAll(() => built?.remove());

  it('does nothing where nothing has changed', async () => {
    const page = join(built.folder, 'index.html');
    const before = statSync(page).mtimeMs;
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const again = await runToEnd('node', ['console/build.mjs', '--out', built.folder], { cwd: root });
    expect(again).toEqual({ code: 0, output: '' });
    expect(statSync(page).mtimeMs).toBe(before);
  });
});
