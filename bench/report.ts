import type { ContenderResult, WorkloadResult } from './measure.ts';
import { type StartResult, startGoals } from './starts.ts';
import { type Spread, writeSpread, writeTable } from './summary.ts';

const megabytes = (bytes: number): number => bytes / 1_000_000;

/** A workload's figures as a table: medians, and in brackets the least and the most of all rounds. */
export const writeWorkload = ({ title, kind, contenders }: WorkloadResult): string => {
  const isLoad = kind === 'load';
  const header = [
    'contender',
    isLoad ? 'share of proxy' : 'time / proxy',
    'CPU / proxy, of the least',
    'of each round',
    isLoad ? 'requests/s' : 'seconds',
    'CPU ms/request',
    ...(kind === 'export' ? ['rows a second of CPU'] : []),
    'core busy',
    'median ms',
    'p99 ms',
    'upstream calls/request',
    'peak MB',
  ];
  const rowOf = (one: ContenderResult): string[] => [
    one.name,
    writeSpread(one.share, 2),
    times(one.leastCpu),
    writeSpread(one.cpu, 2),
    isLoad ? writeSpread(one.requestsPerSecond, 0) : writeSpread(one.seconds, 2),
    writeSpread(one.cpuMsPerRequest, 3),
    ...(kind === 'export' ? [one.rowsPerCpuSecond === undefined ? '' : writeSpread(one.rowsPerCpuSecond, 0)] : []),
    writeSpread(one.busy, 2),
    one.medianMs.median.toFixed(2),
    one.p99Ms.median.toFixed(2),
    one.callsPerRequest.median.toFixed(2),
    megabytes(one.peakMemoryBytes).toFixed(0),
  ];
  return `${title}\n\n${writeTable(header, contenders.map(rowOf))}`;
};

const times = (value: number): string => `${value.toFixed(2)}×`;

/** Every contender but the proxy with its share and its CPU, and what it is to reach. */
export const writeSummary = (results: readonly WorkloadResult[], starts: readonly StartResult[]): string => {
  const rows = results.flatMap(({ title, kind, contenders }) =>
    contenders.slice(1).map((one) => {
      const isLoad = kind === 'load';
      const share = isLoad ? one.share.median.toFixed(2) : times(one.share.median);
      return [
        title,
        one.name,
        share,
        times(one.leastCpu),
        one.rowsPerCpuSecond === undefined
          ? `${one.cpuMsPerRequest.min.toFixed(3)} ms`
          : `${Math.round(one.rowsPerCpuSecond.max / 1000)},000 rows/s`,
        goalOf(one, isLoad),
        missesOf(one, isLoad),
      ];
    }),
  );
  const ours = starts.find(({ name }) => name === 'rolescope');
  const started =
    ours === undefined
      ? []
      : [
          startRow('first answer after start, ms', ours.firstAnswerMs.median, startGoals.firstAnswerMs),
          startRow('memory idle, MB', megabytes(ours.idleMemoryBytes.median), startGoals.idleMb),
          startRow('memory under load, at most, MB', megabytes(ours.loadMemoryBytes.median), startGoals.loadMb),
        ];
  const header = ['workload', 'contender', 'share (time)', 'CPU / proxy', 'least CPU a request', 'goal', 'missed'];
  return writeTable(header, [...rows, ...started]);
};

const startRow = (title: string, value: number, goal: number): string[] => [
  title,
  'rolescope',
  value.toFixed(0),
  '',
  '',
  String(goal),
  value > goal ? 'yes' : 'no',
];

const goalOf = ({ goal }: ContenderResult, isLoad: boolean): string => {
  const { share, cpu } = goal ?? {};
  const parts = [
    ...(share === undefined ? [] : [isLoad ? String(share) : `${share}×`]),
    ...(cpu === undefined ? [] : [`CPU ${cpu}×`]),
  ];
  return parts.join(', ');
};

const missesOf = ({ goal, share, leastCpu }: ContenderResult, isLoad: boolean): string => {
  if (goal === undefined) return '';
  const missed = [
    ...(goal.share !== undefined && (isLoad ? share.median < goal.share : share.median > goal.share)
      ? [isLoad ? 'share' : 'time']
      : []),
    ...(goal.cpu !== undefined && leastCpu > goal.cpu ? ['CPU'] : []),
  ];
  return missed.length === 0 ? 'no' : missed.join(', ');
};

/** The figures of fresh processes. */
export const writeStarts = (starts: readonly StartResult[]): string =>
  `fresh processes\n\n${writeTable(
    ['contender', 'first answer ms', 'CPU ms until then', 'idle MB', 'peak under load MB'],
    starts.map((one) => [
      one.name,
      writeSpread(one.firstAnswerMs, 0),
      writeSpread(one.firstAnswerCpuMs, 0),
      writeSpread(spreadMb(one.idleMemoryBytes), 0),
      writeSpread(spreadMb(one.loadMemoryBytes), 0),
    ]),
  )}`;

const spreadMb = ({ median, min, max }: Spread): Spread => ({
  median: megabytes(median),
  min: megabytes(min),
  max: megabytes(max),
});
