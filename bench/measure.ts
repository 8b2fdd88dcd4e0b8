import { programOf, type ContenderOptions } from './contenders.ts';
import { readHandles, readReferences } from './known.ts';
import { askOnce, load, walk } from './load.ts';
import { type Server, startServer, type Upstream } from './processes.ts';
import { byHand, nodes, rest } from './queries.ts';
import { type Spread, spreadOf } from './summary.ts';
import { type ContenderName, dialects, type Known, type Workload } from './workloads.ts';

export interface MeasureOptions {
  readonly rounds: number;
  /** How long each contender is loaded in each round. */
  readonly seconds: number;
  readonly warmupSeconds: number;
  /** How many times that long a server is given to get warm, where it needs it. */
  readonly warmupSlices: number;
  readonly contenders: readonly ContenderName[];
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeFlags: readonly string[];
}

/** What one contender did in one round. */
interface Round {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly cpuMsPerRequest: number;
  readonly busy: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly callsPerRequest: number;
}

export interface ContenderResult {
  readonly name: ContenderName;
  /** Requests per second as a share of the bare proxy's in the same round; for a walk: how many times its time. */
  readonly share: Spread;
  /** The same from CPU time alone, which other work on the machine hardly disturbs. */
  readonly cpuShare: Spread;
  readonly requestsPerSecond: Spread;
  readonly seconds: Spread;
  readonly cpuMsPerRequest: Spread;
  /** How busy the server's core was: what is under 1 was not the server's limit. */
  readonly busy: Spread;
  readonly medianMs: Spread;
  readonly p99Ms: Spread;
  readonly callsPerRequest: Spread;
  readonly peakMemoryBytes: number;
}

export interface WorkloadResult {
  readonly name: string;
  readonly title: string;
  readonly target: number;
  readonly kind: Workload['kind'];
  readonly contenders: readonly ContenderResult[];
}

interface Running {
  readonly name: ContenderName;
  readonly server: Server;
  readonly known: Known;
  sent: number;
  readonly rounds: Round[];
}

/** Measures one workload: every contender in every round, so that what disturbs the machine disturbs all alike. */
export const measureWorkload = async (
  workload: Workload,
  upstream: Upstream,
  options: MeasureOptions,
): Promise<WorkloadResult> => {
  const running: Running[] = [];
  try {
    const references = await readReferences(upstream);
    for (const name of options.contenders) {
      const server = await startServer(programOf(name, contenderOptions(workload.cache, upstream, options)));
      running.push({ name, server, known: { references, handles: [] }, sent: 0, rounds: [] });
    }
    for (const [index, one] of running.entries()) {
      const handles = await readHandles(one.name, one.server, workload, upstream.token);
      running[index] = { ...one, known: { references, handles } };
    }
    for (const one of running) await warmUp(one, workload, upstream, options);
    for (let round = 0; round < options.rounds; round++) {
      for (let turn = 0; turn < running.length; turn++) {
        // Each round starts with another one: whoever follows a heavy neighbour is not always the same.
        const one = running[(turn + round) % running.length] as Running;
        one.rounds.push(await runRound(one, workload, upstream, options.seconds));
      }
    }
    return {
      name: workload.name,
      title: workload.title,
      target: workload.target,
      kind: workload.kind,
      contenders: running.map((one) => resultOf(one, running[0] as Running, workload.kind)),
    };
  } finally {
    await Promise.all(running.map(({ server }) => server.stop()));
  }
};

/** Asks until a server is warm, in slices of the time given, but not for ever where the machine is busy. */
const warmUp = async (one: Running, workload: Workload, upstream: Upstream, options: MeasureOptions): Promise<void> => {
  for (let slice = 0; slice < options.warmupSlices; slice++) {
    await runRound(one, workload, upstream, options.warmupSeconds);
    if (one.sent >= workload.warmupRequests) return;
  }
};

const contenderOptions = (cache: boolean, upstream: Upstream, options: MeasureOptions): ContenderOptions => ({
  upstreamUrl: upstream.url,
  cache,
  environment: options.environment,
  nodeFlags: options.nodeFlags,
});

const runRound = async (one: Running, workload: Workload, upstream: Upstream, seconds: number): Promise<Round> => {
  const { server, known, name } = one;
  const dialect = dialects[name];
  const callsBefore = await upstream.calls();
  const before = server.usage();
  const outcome =
    workload.kind === 'walk'
      ? await walk(server.url, upstream.token, (answer) => {
          if (answer === undefined) return dialect.page(workload.pageSize, undefined);
          const handle = dialect.nextHandle(answer);
          return handle === undefined ? undefined : dialect.page(workload.pageSize, handle);
        })
      : await load({
          url: server.url,
          token: upstream.token,
          connections: workload.connections,
          next: () => workload.ask(dialect, known, one.sent++),
          seconds,
          maxRequests: 1_000_000,
        });
  if (workload.kind === 'walk') one.sent += outcome.requests;
  const after = server.usage();
  const calls = (await upstream.calls()) - callsBefore;
  const cpuMs = before === undefined || after === undefined ? Number.NaN : after.cpuMs - before.cpuMs;
  const perRequestMs = (outcome.seconds * 1000) / outcome.requests;
  return {
    requestsPerSecond: outcome.requests / outcome.seconds,
    seconds: outcome.seconds,
    cpuMsPerRequest: cpuMs / outcome.requests,
    busy: cpuMs / (outcome.seconds * 1000),
    medianMs: 'medianMs' in outcome ? outcome.medianMs : perRequestMs,
    p99Ms: 'p99Ms' in outcome ? outcome.p99Ms : perRequestMs,
    callsPerRequest: calls / outcome.requests,
  };
};

const resultOf = ({ name, server, rounds }: Running, yardstick: Running, kind: Workload['kind']): ContenderResult => {
  const spread = (figure: (round: Round) => number): Spread => spreadOf(rounds.map(figure));
  const against = (compare: (round: Round, yard: Round) => number): Spread =>
    spreadOf(rounds.map((round, index) => compare(round, yardstick.rounds[index] as Round)));
  return {
    name,
    share: against((round, yard) =>
      kind === 'walk' ? round.seconds / yard.seconds : round.requestsPerSecond / yard.requestsPerSecond,
    ),
    cpuShare: against((round, yard) =>
      kind === 'walk' ? round.cpuMsPerRequest / yard.cpuMsPerRequest : yard.cpuMsPerRequest / round.cpuMsPerRequest,
    ),
    requestsPerSecond: spread((round) => round.requestsPerSecond),
    seconds: spread((round) => round.seconds),
    cpuMsPerRequest: spread((round) => round.cpuMsPerRequest),
    busy: spread((round) => round.busy),
    medianMs: spread((round) => round.medianMs),
    p99Ms: spread((round) => round.p99Ms),
    callsPerRequest: spread((round) => round.callsPerRequest),
    peakMemoryBytes: server.usage()?.peakMemoryBytes ?? Number.NaN,
  };
};

export interface StartResult {
  readonly name: 'bare proxy' | 'by hand' | 'rolescope';
  readonly firstAnswerMs: Spread;
  readonly idleMemoryBytes: Spread;
  readonly loadMemoryBytes: Spread;
}

/** Measures fresh processes: how soon they answer, and how much memory they take then and under load. */
export const measureStarts = async (upstream: Upstream, options: MeasureOptions): Promise<StartResult[]> => {
  const contenders = [
    { name: 'bare proxy', program: 'bare proxy', dialect: rest },
    { name: 'by hand', program: 'by hand', dialect: byHand },
    { name: 'rolescope', program: 'nodes', dialect: nodes },
  ] as const;
  const figures = contenders.map(() => ({ firstAnswerMs: [] as number[], idle: [] as number[], load: [] as number[] }));
  for (let round = 0; round < options.rounds; round++) {
    for (const [index, { program, dialect }] of contenders.entries()) {
      const startedMs = performance.now();
      const server = await startServer(programOf(program, contenderOptions(false, upstream, options)));
      try {
        await askOnce(server.url, upstream.token, dialect.page(50, undefined));
        figures[index]?.firstAnswerMs.push(performance.now() - startedMs);
        await new Promise((resolve) => setTimeout(resolve, options.warmupSeconds * 1000));
        figures[index]?.idle.push(server.usage()?.memoryBytes ?? Number.NaN);
        for (const [size, connections] of [
          [50, 16],
          [1000, 4],
        ] as const) {
          await load({
            url: server.url,
            token: upstream.token,
            connections,
            next: () => dialect.page(size, undefined),
            seconds: options.seconds,
            maxRequests: 1_000_000,
          });
        }
        figures[index]?.load.push(server.usage()?.peakMemoryBytes ?? Number.NaN);
      } finally {
        await server.stop();
      }
    }
  }
  return contenders.map(({ name }, index) => ({
    name,
    firstAnswerMs: spreadOf(figures[index]?.firstAnswerMs ?? []),
    idleMemoryBytes: spreadOf(figures[index]?.idle ?? []),
    loadMemoryBytes: spreadOf(figures[index]?.load ?? []),
  }));
};
