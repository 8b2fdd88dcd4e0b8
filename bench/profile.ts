import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { programOf } from './contenders.ts';
import { readHandles, readWorld } from './known.ts';
import { load } from './load.ts';
import { pinDriver, startServer, startUpstream, type Upstream } from './processes.ts';
import { shareOut, stages } from './profile/stages.ts';
import { writeTable } from './summary.ts';
import { dialects, type Workload, workloads } from './workloads.ts';

const usage = `npm run bench:profile -- [flags] NAME=PATH…

Where the time of one answer goes, by stage: a CPU profile under load for each build, with functions assigned to stages by their file. PATH is the command as
the compiler writes it, file by file (bench/.build/src/cli/main.js; dist/cli.js of 0.1): a bundle has no files to tell stages by.

  --workloads a,b   only these: pages-50, pages-1000-edges, subject, or any of bench:compare with -edges behind it; the three are the default
  --seconds N       seconds of each profile, default 5
  --functions N     also the N functions that take most`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workloads: { type: 'string' },
    seconds: { type: 'string' },
    functions: { type: 'string' },
    help: { type: 'boolean' },
  },
});

const preload = fileURLToPath(new URL('./profile/preload.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rolescope-profile-'));

type Profiled = ReturnType<typeof shareOut> & { readonly requests: number };

const profile = async (path: string, workload: Workload, isEdges: boolean, upstream: Upstream): Promise<Profiled> => {
  const file = join(folder, `${workload.name}-${Math.random()}.cpuprofile`);
  const options = {
    upstreamUrl: upstream.url,
    ...(workload.hasDirectory === true && { directoryUrls: upstream.urls }),
    cache: workload.cache,
    environment: { PROFILE_FILE: file },
    nodeFlags: ['--import', preload],
  };
  const name = isEdges ? 'edges' : 'nodes';
  const server = await startServer({ ...programOf(name, options), program: [path, 'serve'] });
  try {
    const known = {
      ...(await readWorld(upstream)),
      handles: await readHandles(name, server, workload, upstream.token),
    };
    let sent = 0;
    const ask = (seconds: number, maxRequests: number) =>
      load({
        url: server.url,
        token: upstream.token,
        connections: workload.connections,
        next: () => workload.ask(dialects[name], known, sent++),
        seconds,
        maxRequests,
      });
    await ask(60, workload.warmupRequests);
    process.kill(server.pid, 'SIGUSR2');
    const { requests } = await ask(Number(values.seconds ?? 5), 1_000_000);
    process.kill(server.pid, 'SIGUSR2');
    while (!existsSync(file)) await setTimeout(100);
    await setTimeout(500);
    return { ...shareOut(JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile), requests };
  } finally {
    await server.stop();
  }
};

const main = async (): Promise<void> => {
  if (values.help === true || positionals.length === 0) return void process.stdout.write(`${usage}\n`);
  pinDriver();
  const builds = positionals.map((pair) => pair.split(/=(.*)/s, 2) as [string, string]);
  const upstream = await startUpstream(20_000);
  try {
    for (const wanted of (values.workloads ?? 'pages-50,pages-1000-edges,subject').split(',')) {
      const workload = workloads.find(({ name }) => name === wanted.replace(/-edges$/, ''));
      if (workload === undefined) throw new Error(`unknown ${wanted}`);
      const profiled: Profiled[] = [];
      for (const [, path] of builds) profiled.push(await profile(path, workload, wanted.endsWith('-edges'), upstream));
      const cells = (ms: (one: Profiled) => number): string[] =>
        profiled.map((one) => ((ms(one) * 1000) / one.requests).toFixed(1));
      const rows = [
        ...stages.map((stage) => [stage, ...cells(({ byStage }) => byStage.get(stage) ?? 0)]),
        ['together', ...cells(({ busyMs }) => busyMs)],
      ];
      process.stdout.write(
        `${wanted}: microseconds of one answer\n\n${writeTable(['stage', ...builds.map(([name]) => name)], rows)}\n\n`,
      );
      const most = Number(values.functions ?? 0);
      for (const [index, [name]] of most === 0 ? [] : builds.entries()) {
        const { byFunction, requests } = profiled[index] as Profiled;
        const sorted = [...byFunction].toSorted(([, a], [, b]) => b - a).slice(0, most);
        const lines = sorted.map(([what, ms]) => [((ms * 1000) / requests).toFixed(1), what]);
        process.stdout.write(`${name}\n\n${writeTable(['µs', 'function'], lines)}\n\n`);
      }
    }
  } finally {
    await upstream.stop();
    rmSync(folder, { recursive: true });
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`profile: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
