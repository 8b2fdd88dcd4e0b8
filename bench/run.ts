import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createFleet } from './fleet.ts';
import { readWorld } from './known.ts';
import { type MeasureOptions, measureWorkload, type WorkloadResult } from './measure.ts';
import { coreCount, isPinned, pinDriver, startUpstream, stopAll } from './processes.ts';
import { writeStarts, writeSummary, writeWorkload } from './report.ts';
import { measureStarts } from './starts.ts';
import { type ContenderName, contenderNames, workloads } from './workloads.ts';

const usage = `npm run bench -- [flags]

  --workloads a,b    only these: ${workloads.map(({ name }) => name).join(', ')}, starts
  --contenders a,b   these beside the bare proxy: ${contenderNames.slice(1).join(', ')}; default nodes,edges
  --rounds N         rounds, default 12; a third of them for whole lists and starts. Fewer make the run shorter
  --seconds N        seconds of processor time a round and contender, default 0.15
  --subjects N       size of the world, default 100000
  --json FILE        also write all figures there
  --env NAME=VALUE   a setting of Rolescope's, such as ROLESCOPE_QUERY_PLANS=false; repeatable
  --node-flag FLAG   a flag of Rolescope's node, such as --cpu-prof; repeatable
  --smoke            a few seconds that only prove that everything runs`;

const { values } = parseArgs({
  options: {
    workloads: { type: 'string' },
    contenders: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    subjects: { type: 'string' },
    json: { type: 'string' },
    env: { type: 'string', multiple: true },
    'node-flag': { type: 'string', multiple: true },
    smoke: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const namesFrom = <Name extends string>(given: string | undefined, known: readonly Name[]): readonly Name[] => {
  if (given === undefined) return known;
  return given.split(',').map((name) => {
    if (!(known as readonly string[]).includes(name)) throw new Error(`unknown ${name}: use ${known.join(', ')}`);
    return name as Name;
  });
};

const numberFrom = (given: string | undefined, usual: number): number => {
  const value = given === undefined ? usual : Number(given);
  if (!(value > 0)) throw new Error(`${given} is no number above 0`);
  return value;
};

const main = async (): Promise<void> => {
  if (values.help === true) return print(usage);
  const isSmoke = values.smoke === true;
  const wanted = namesFrom(values.workloads, [...workloads.map(({ name }) => name), 'starts']);
  const peers = namesFrom(values.contenders ?? (isSmoke ? undefined : 'nodes,edges'), contenderNames.slice(1));
  const options: MeasureOptions = {
    rounds: numberFrom(values.rounds, isSmoke ? 1 : 12),
    seconds: numberFrom(values.seconds, isSmoke ? 0.05 : 0.15),
    // More than any workload takes for the requests that make it warm, unless something is wrong.
    warmupSeconds: isSmoke ? 0.001 : 30,
    settleSeconds: isSmoke ? 0.01 : 0.5,
    contenders: ['bare proxy', ...peers.filter((name): name is ContenderName => name !== 'bare proxy')],
  };
  const settings = {
    environment: Object.fromEntries((values.env ?? []).map((pair) => pair.split(/=(.*)/s, 2) as [string, string])),
    nodeFlags: values['node-flag'] ?? [],
  };
  const subjects = numberFrom(values.subjects, isSmoke ? 2200 : 100_000);

  const results: WorkloadResult[] = [];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopAll();
      print(`broken off; until now:\n\n${writeSummary(results, [])}`);
      process.exit(1);
    });
  }
  pinDriver();
  print(
    `node ${process.version}, ${coreCount} cores, ${isPinned ? 'pinned' : 'not pinned'}; ` +
      `${subjects} subjects, ${options.rounds} rounds of ${options.seconds} s\n`,
  );
  const upstream = await startUpstream(subjects);
  const fleet = createFleet(upstream, { ...settings, isShared: isSmoke });
  try {
    const world = await readWorld(upstream);
    for (const workload of workloads.filter(({ name }): boolean => wanted.includes(name))) {
      const result = await measureWorkload(workload, upstream, { options, fleet, world });
      results.push(result);
      print(`${writeWorkload(result)}\n`);
    }
    // Fresh ones are wanted, of any kind.
    await fleet.end();
    const starts = wanted.includes('starts') ? await measureStarts(upstream, { options, fleet }) : [];
    if (starts.length > 0) print(`${writeStarts(starts)}\n`);
    print(`${writeSummary(results, starts)}\n`);
    if (values.json !== undefined) {
      const environment = { node: process.version, cores: coreCount, isPinned, subjects, ...options, ...settings };
      writeFileSync(values.json, `${JSON.stringify({ environment, workloads: results, starts }, null, 2)}\n`);
    }
  } finally {
    await fleet.end();
    await upstream.stop();
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
