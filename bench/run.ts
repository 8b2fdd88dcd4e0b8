import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureStarts, type MeasureOptions, measureWorkload, type WorkloadResult } from './measure.ts';
import { coreCount, isPinned, pinDriver, startUpstream, stopAll } from './processes.ts';
import { writeStarts, writeWorkload } from './report.ts';
import { type ContenderName, contenderNames, type Workload, workloads } from './workloads.ts';

const usage = `npm run bench -- [flags]

  --workloads a,b    only these: ${workloads.map(({ name }) => name).join(', ')}, starts
  --contenders a,b   only these beside the bare proxy: ${contenderNames.slice(1).join(', ')}
  --rounds N         rounds, default 10
  --seconds N        seconds a round and contender, default 2
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
  const peers = namesFrom(values.contenders, contenderNames.slice(1));
  const options: MeasureOptions = {
    rounds: numberFrom(values.rounds, isSmoke ? 1 : 10),
    seconds: numberFrom(values.seconds, isSmoke ? 0.1 : 2),
    warmupSeconds: isSmoke ? 0.1 : 2,
    warmupSlices: isSmoke ? 1 : 10,
    contenders: ['bare proxy', ...peers.filter((name): name is ContenderName => name !== 'bare proxy')],
    environment: Object.fromEntries((values.env ?? []).map((pair) => pair.split(/=(.*)/s, 2) as [string, string])),
    nodeFlags: values['node-flag'] ?? [],
  };
  const subjects = numberFrom(values.subjects, isSmoke ? 2200 : 100_000);

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopAll();
      process.exit(1);
    });
  }
  pinDriver();
  print(
    `node ${process.version}, ${coreCount} cores, ${isPinned ? 'pinned' : 'not pinned'}; ` +
      `${subjects} subjects, ${options.rounds} rounds of ${options.seconds} s\n`,
  );
  const upstream = await startUpstream(subjects);
  try {
    const results: WorkloadResult[] = [];
    for (const workload of workloads.filter(({ name }): boolean => wanted.includes(name))) {
      const result = await measureWorkload(workload satisfies Workload, upstream, options);
      results.push(result);
      print(`${writeWorkload(result)}\n`);
    }
    const starts = wanted.includes('starts') ? await measureStarts(upstream, options) : [];
    if (starts.length > 0) print(`${writeStarts(starts)}\n`);
    if (values.json !== undefined) {
      const environment = { node: process.version, cores: coreCount, isPinned, subjects, ...options };
      writeFileSync(values.json, `${JSON.stringify({ environment, workloads: results, starts }, null, 2)}\n`);
    }
  } finally {
    await upstream.stop();
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
