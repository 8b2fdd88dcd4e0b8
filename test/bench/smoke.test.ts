import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

describe('the benchmark', () => {
  it('runs every workload against every contender, and is answered', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const { stdout } = await run('npm', ['run', '--silent', 'bench', '--', '--smoke'], { cwd: root });
    const tables = stdout.split('\n\n').filter((part) => part.startsWith('|'));
    expect(tables).toHaveLength(7);
    for (const table of tables.slice(0, -1)) {
      const [, , ...rows] = table.trim().split('\n');
      expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(['bare proxy', 'by hand', 'nodes', 'edges']);
    }
    expect(tables.at(-1)).toMatch(/rolescope/);
    // How fast anything was is not for a test to say.
  }, 300_000);

  it('refuses what it does not know', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    await expect(
      run(process.execPath, ['bench/.build/bench/run.js', '--workloads', 'nonsense'], { cwd: root }),
    ).rejects.toThrow(/unknown nonsense/);
  });
});
