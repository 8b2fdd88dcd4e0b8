import { parseArgs } from 'node:util';
import { programOf } from './contenders.ts';
import { setTimeout } from 'node:timers/promises';
import { askOnce, load } from './load.ts';
import { readHandles, readWorld } from './known.ts';
import { pinDriver, type Server, startServer, startUpstream } from './processes.ts';
import { spreadOf, writeTable } from './summary.ts';
import { type ContenderName, dialects, type Known, type Workload, workloads } from './workloads.ts';

const loads = workloads.filter(({ kind }) => kind === 'load');
/** What version 0.1 can be asked too. */
const lists = loads.filter(({ contenders }) => contenders.includes('edges')).map(({ name }) => name);

const usage = `npm run bench:compare -- [flags] NAME=PATH…

Compares builds of the gateway by the CPU time of one answer: the least of many short rounds that take turns, which other work on the machine
hardly disturbs. PATH is a build's dist/cli/main.cjs. The bare proxy is measured along. "starts" compares how soon fresh processes answer, and what they hold then.

  --workloads a,b   these instead of the lists: ${loads.map(({ name }) => name).join(', ')}, starts
  --edges           asks with cursors on every level
  --rounds N        rounds, default 25
  --subjects N      size of the world, default 20000`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workloads: { type: 'string' },
    edges: { type: 'boolean' },
    rounds: { type: 'string' },
    subjects: { type: 'string' },
    help: { type: 'boolean' },
  },
});

/** About how much CPU time a round takes at most: short enough to fall between what else the machine does. */
const roundMs = 120;

/** Each build's name and path. */
const builds = positionals.map((pair) => pair.split(/=(.*)/s, 2) as [string, string]);

interface Running {
  readonly name: string;
  readonly dialect: ContenderName;
  readonly server: Server;
  known: Known;
  sent: number;
  requests: number;
  readonly cpuMs: number[];
}

const compare = async (workload: Workload, rounds: number, upstream: Awaited<ReturnType<typeof startUpstream>>) => {
  const options = {
    upstreamUrl: upstream.url,
    ...(workload.hasDirectory === true && { directoryUrls: upstream.urls }),
    cache: workload.cache,
    environment: {},
    nodeFlags: [],
  };
  const gateway: ContenderName = values.edges === true ? 'edges' : 'nodes';
  const start = async (name: string, dialect: ContenderName, path?: string): Promise<Running> => {
    const server = await startServer({ ...programOf(dialect, options), ...(path && { program: [path, 'serve'] }) });
    return {
      name,
      dialect,
      server,
      known: { references: [], sites: [], handles: [] },
      sent: 0,
      requests: 0,
      cpuMs: [],
    };
  };
  const running: Running[] = [];
  const ask = async (one: Running, requests: number): Promise<number> => {
    const before = one.server.usage()?.cpuMs ?? Number.NaN;
    const { server, dialect, known } = one;
    await load({
      url: server.url,
      token: upstream.token,
      connections: workload.connections,
      next: () => workload.ask(dialects[dialect], known, one.sent++),
      seconds: 60,
      maxRequests: requests,
    });
    return ((server.usage()?.cpuMs ?? Number.NaN) - before) / requests;
  };
  try {
    running.push(await start('bare proxy', 'bare proxy'));
    for (const [name, path] of builds) running.push(await start(name, gateway, path));
    const world = await readWorld(upstream);
    for (const one of running) {
      one.known = { ...world, handles: await readHandles(one.dialect, one.server, workload, upstream.token) };
      await ask(one, Math.ceil(workload.warmupRequests / 2));
      one.requests = Math.ceil(roundMs / (await ask(one, Math.ceil(workload.warmupRequests / 2))));
    }
    for (let round = 0; round < rounds; round++) {
      for (const one of running) one.cpuMs.push(await ask(one, one.requests));
    }
    const least = Math.min(...(running[0]?.cpuMs ?? []));
    return running.map(({ name, cpuMs, server }) => [
      name,
      Math.min(...cpuMs).toFixed(3),
      `${(Math.min(...cpuMs) / least).toFixed(2)}×`,
      spreadOf(cpuMs).median.toFixed(3),
      ((server.usage()?.peakMemoryBytes ?? Number.NaN) / 1_000_000).toFixed(0),
    ]);
  } finally {
    await Promise.all(running.map(({ server }) => server.stop()));
  }
};

/** Long enough for a process that has answered once to be idle. */
const idleMs = 2000;

const compareStarts = async (rounds: number, upstream: Awaited<ReturnType<typeof startUpstream>>) => {
  const options = { upstreamUrl: upstream.url, cache: false, environment: {}, nodeFlags: [] };
  const proxy = { name: 'bare proxy', dialect: 'bare proxy', program: programOf('bare proxy', options) } as const;
  const all = [
    proxy,
    ...builds.map(([name, path]) => {
      const program = { ...programOf('nodes', options), program: [path, 'serve'] };
      return { name, dialect: 'nodes', program } as const;
    }),
  ].map((one) => ({ ...one, ms: [] as number[], cpuMs: [] as number[], memoryBytes: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { dialect, program, ms, cpuMs, memoryBytes } of all) {
      const startedMs = performance.now();
      const server = await startServer(program);
      try {
        await askOnce(server.url, upstream.token, dialects[dialect].page(50, undefined));
        ms.push(performance.now() - startedMs);
        cpuMs.push(server.usage()?.cpuMs ?? Number.NaN);
        await setTimeout(idleMs);
        memoryBytes.push(server.usage()?.memoryBytes ?? Number.NaN);
      } finally {
        await server.stop();
      }
    }
  }
  return all.map(({ name, ms, cpuMs, memoryBytes }) => [
    name,
    spreadOf(ms).min.toFixed(0),
    spreadOf(ms).median.toFixed(0),
    spreadOf(cpuMs).min.toFixed(0),
    (spreadOf(memoryBytes).median / 1_000_000).toFixed(0),
  ]);
};

const main = async (): Promise<void> => {
  if (values.help === true || positionals.length === 0) return void process.stdout.write(`${usage}\n`);
  pinDriver();
  const wanted = values.workloads?.split(',') ?? lists;
  const upstream = await startUpstream(Number(values.subjects ?? 20_000));
  try {
    for (const workload of loads.filter(({ name }) => wanted.includes(name))) {
      const rows = await compare(workload, Number(values.rounds ?? 25), upstream);
      const header = ['build', 'CPU ms/request, least', '/ proxy', 'median', 'peak MB'];
      process.stdout.write(`${workload.title}\n\n${writeTable(header, rows)}\n\n`);
    }
    if (wanted.includes('starts')) {
      const rows = await compareStarts(Number(values.rounds ?? 25), upstream);
      const header = ['build', 'first answer ms, least', 'median', 'CPU ms until then', 'idle MB'];
      process.stdout.write(`fresh processes\n\n${writeTable(header, rows)}\n\n`);
    }
  } finally {
    await upstream.stop();
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`compare: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
