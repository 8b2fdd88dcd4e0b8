import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { workloads } from '../../bench/workloads.ts';

const run = promisify(execFile);

describe('the benchmark', () => {
  it('runs every workload against every contender, and is answered', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const { stdout } = await run('npm', ['run', '--silent', 'bench', '--', '--smoke'], { cwd: root });
    const tables = stdout.split('\n\n').filter((part) => part.startsWith('|'));
    expect(tables).toHaveLength(workloads.length + 2);
    for (const [index, { contenders }] of workloads.entries()) {
      const [, , ...rows] = tables[index]?.trim().split('\n') ?? [];
      expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(contenders);
    }
    expect(tables.at(-2)).toMatch(/rolescope/);
    const [, , ...summary] = tables.at(-1)?.trim().split('\n') ?? [];
    expect(summary).toHaveLength(workloads.flatMap(({ contenders }) => contenders.slice(1)).length + 3);
    expect(summary.join('\n')).not.toContain('NaN');
    // How fast anything was is not for a test to say.
  }, 300_000);

  it('refuses what it does not know', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    await expect(
      run(process.execPath, ['bench/.build/bench/run.js', '--workloads', 'nonsense'], { cwd: root }),
    ).rejects.toThrow(/unknown nonsense/);
  });
});
