import type { ContenderResult, StartResult, WorkloadResult } from './measure.ts';
import { writeSpread, writeTable } from './summary.ts';

const megabytes = (bytes: number): number => bytes / 1_000_000;

/** A workload's figures as a table: medians, and in brackets the least and the most of all rounds. */
export const writeWorkload = ({ title, target, kind, contenders }: WorkloadResult): string => {
  const isWalk = kind === 'walk';
  const header = [
    'contender',
    isWalk ? 'time / proxy' : 'share of proxy',
    ...(isWalk ? [] : ['share by CPU']),
    'CPU / proxy',
    isWalk ? 'seconds' : 'requests/s',
    'CPU ms/request',
    'core busy',
    'median ms',
    'p99 ms',
    'upstream calls/request',
    'peak MB',
  ];
  const rowOf = (one: ContenderResult): string[] => [
    one.name,
    writeSpread(one.share, 2),
    ...(isWalk ? [] : [writeSpread(one.cpuShare, 2)]),
    writeSpread(isWalk ? one.cpuShare : inverse(one.cpuShare), 2),
    isWalk ? writeSpread(one.seconds, 2) : writeSpread(one.requestsPerSecond, 0),
    writeSpread(one.cpuMsPerRequest, 2),
    writeSpread(one.busy, 2),
    one.medianMs.median.toFixed(2),
    one.p99Ms.median.toFixed(2),
    one.callsPerRequest.median.toFixed(2),
    megabytes(one.peakMemoryBytes).toFixed(0),
  ];
  return `${title} (target ${target}${isWalk ? '×' : ''})\n\n${writeTable(header, contenders.map(rowOf))}`;
};

/** How many times the proxy's CPU, from the share that its CPU is. */
const inverse = ({ median, min, max }: ContenderResult['cpuShare']): ContenderResult['cpuShare'] => ({
  median: 1 / median,
  min: 1 / max,
  max: 1 / min,
});

/** The figures of fresh processes. */
export const writeStarts = (starts: readonly StartResult[]): string =>
  `fresh processes (target 500 ms, 100 MB, 220 MB)\n\n${writeTable(
    ['contender', 'first answer ms', 'idle MB', 'peak under load MB'],
    starts.map((one) => [
      one.name,
      writeSpread(one.firstAnswerMs, 0),
      writeSpread(spreadMb(one.idleMemoryBytes), 0),
      writeSpread(spreadMb(one.loadMemoryBytes), 0),
    ]),
  )}`;

const spreadMb = ({ median, min, max }: StartResult['idleMemoryBytes']): StartResult['idleMemoryBytes'] => ({
  median: megabytes(median),
  min: megabytes(min),
  max: megabytes(max),
});
