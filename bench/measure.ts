import type { Fleet } from './fleet.ts';
import { readHandles, type World } from './known.ts';
import type { Upstream } from './processes.ts';
import { type Running, type Round, runRound } from './rounds.ts';
import { type Spread, spreadOf } from './summary.ts';
import type { ContenderName, Goal, Workload } from './workloads.ts';

export interface MeasureOptions {
  readonly rounds: number;
  /** About how much CPU time each contender is loaded for in each round. */
  readonly seconds: number;
  /** How long an idle server is left alone, and how long it is then loaded for. */
  readonly settleSeconds: number;
  /** CPU time that a server is given to get warm, where it needs it. */
  readonly warmupSeconds: number;
  readonly contenders: readonly ContenderName[];
}

export interface ContenderResult {
  readonly name: ContenderName;
  readonly goal: Goal | undefined;
  /** Requests per second as a share of the bare proxy's in the same round; for a walk or an export: how many times its time. */
  readonly share: Spread;
  /** CPU time as a multiple of the bare proxy's in the same round, which other work on the machine hardly disturbs. */
  readonly cpu: Spread;
  /** The least CPU time of any round as a multiple of the bare proxy's least: the steadiest of all. */
  readonly leastCpu: number;
  readonly requestsPerSecond: Spread;
  readonly seconds: Spread;
  readonly cpuMsPerRequest: Spread;
  /** How busy the server's core was: what is under 1 was not the server's limit. */
  readonly busy: Spread;
  readonly medianMs: Spread;
  readonly p99Ms: Spread;
  readonly callsPerRequest: Spread;
  /** Of an export. */
  readonly rowsPerCpuSecond: Spread | undefined;
  readonly peakMemoryBytes: number;
}

export interface WorkloadResult {
  readonly name: string;
  readonly title: string;
  readonly kind: Workload['kind'];
  readonly contenders: readonly ContenderResult[];
}

/** A walk and an export are averages over many pages by themselves, and take long: they have a third of the rounds. */
const roundsOf = ({ kind }: Workload, rounds: number): number => (kind === 'load' ? rounds : Math.ceil(rounds / 3));

/** Measures one workload: every contender in every round, so that what disturbs the machine disturbs all alike. */
export const measureWorkload = async (
  workload: Workload,
  upstream: Upstream,
  { options, fleet, world }: { readonly options: MeasureOptions; readonly fleet: Fleet; readonly world: World },
): Promise<WorkloadResult> => {
  const running: Running[] = [];
  try {
    for (const name of options.contenders.filter((each) => workload.contenders.includes(each))) {
      const server = await fleet.serverOf(name, workload);
      const handles = await readHandles(name, server, workload, upstream.token);
      running.push({ name, server, known: { ...world, handles }, sent: 0, requests: 1, rounds: [] });
    }
    for (const one of running) await warmUp(one, workload, upstream, options);
    for (let round = 0; round < roundsOf(workload, options.rounds); round++) {
      for (let turn = 0; turn < running.length; turn++) {
        // Each round starts with another one: whoever follows a heavy neighbour is not always the same.
        const one = running[(turn + round) % running.length] as Running;
        one.rounds.push(await runRound(one, workload, upstream, longestRoundSeconds(one, options.seconds)));
      }
    }
    return {
      name: workload.name,
      title: workload.title,
      kind: workload.kind,
      contenders: running.map((one) => resultOf(one, running[0] as Running, workload)),
    };
  } finally {
    await fleet.endWorkload();
  }
};

/** Other work on the machine may make everything take so many times as long. */
const patience = 10;

/** Asks until a server is warm, or has had its time for that, and finds how many requests a round has. */
const warmUp = async (one: Running, workload: Workload, upstream: Upstream, options: MeasureOptions): Promise<void> => {
  const { seconds, warmupSeconds } = options;
  const needed = Math.max(workload.connections, workload.warmupRequests - one.known.handles.length);
  const startedMs = performance.now();
  for (let cpuMs = 0; one.sent < needed && performance.now() - startedMs < warmupSeconds * 1000 * patience;) {
    one.requests = Math.max(workload.connections, Math.ceil(needed / 10));
    const round = await runRound(one, workload, upstream, warmupSeconds * patience);
    // Where the system does not tell, the clock says how long a round is.
    one.requests = Math.max(workload.connections, Math.ceil((seconds * 1000) / round.cpuMsPerRequest) || Infinity);
    cpuMs += round.cpuMs;
    if (cpuMs > warmupSeconds * 1000) return;
  }
};

/** A round ends when all is asked, and not for ever. */
const longestRoundSeconds = ({ requests }: Running, seconds: number): number =>
  Number.isFinite(requests) ? seconds * patience : seconds;

const resultOf = (
  { name, server, rounds }: Running,
  { rounds: yardstick }: Running,
  { kind, goals }: Workload,
): ContenderResult => {
  const spread = (figure: (round: Round) => number): Spread => spreadOf(rounds.map(figure));
  const against = (compare: (round: Round, yard: Round) => number): Spread =>
    spreadOf(rounds.map((round, index) => compare(round, yardstick[index] as Round)));
  // An export is one request, and its yardstick many.
  const cpuOf = (round: Round): number => (kind === 'load' ? round.cpuMsPerRequest : round.cpuMs);
  const rows = rounds.flatMap(({ rowsPerCpuSecond }) => rowsPerCpuSecond ?? []);
  return {
    name,
    goal: goals[name],
    share: against((round, yard) =>
      kind === 'load' ? round.requestsPerSecond / yard.requestsPerSecond : round.seconds / yard.seconds,
    ),
    cpu: against((round, yard) => cpuOf(round) / cpuOf(yard)),
    leastCpu: Math.min(...rounds.map(cpuOf)) / Math.min(...yardstick.map(cpuOf)),
    requestsPerSecond: spread((round) => round.requestsPerSecond),
    seconds: spread((round) => round.seconds),
    cpuMsPerRequest: spread((round) => round.cpuMsPerRequest),
    busy: spread((round) => round.busy),
    medianMs: spread((round) => round.medianMs),
    p99Ms: spread((round) => round.p99Ms),
    callsPerRequest: spread((round) => round.callsPerRequest),
    rowsPerCpuSecond: rows.length === 0 ? undefined : spreadOf(rows),
    peakMemoryBytes: server.usage()?.peakMemoryBytes ?? Number.NaN,
  };
};
