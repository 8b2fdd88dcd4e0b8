import { download, load, type LoadResult, walk } from './load.ts';
import type { Server, Upstream } from './processes.ts';
import { type ContenderName, dialects, type Known, type Workload } from './workloads.ts';

/** What one contender did in one round. */
export interface Round {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Of all requests together. */
  readonly cpuMs: number;
  readonly cpuMsPerRequest: number;
  readonly busy: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly callsPerRequest: number;
  /** Of an export. */
  readonly rowsPerCpuSecond: number | undefined;
}

/** A contender at work. */
export interface Running {
  readonly name: ContenderName;
  readonly server: Server;
  readonly known: Known;
  sent: number;
  /** How many requests a round of load has. */
  requests: number;
  readonly rounds: Round[];
}

interface Asked extends Pick<LoadResult, 'requests' | 'seconds'>, Partial<Pick<LoadResult, 'medianMs' | 'p99Ms'>> {
  readonly rows?: number;
}

const ask = async (one: Running, workload: Workload, token: string, seconds: number): Promise<Asked> => {
  const { known, server } = one;
  const dialect = dialects[one.name];
  if (workload.kind === 'load') {
    const next = () => workload.ask(dialect, known, one.sent++);
    const { connections } = workload;
    return load({ url: server.url, token, connections, next, seconds, maxRequests: one.requests });
  }
  if (workload.kind === 'export' && one.name !== 'bare proxy') {
    const { lines, seconds: took } = await download(server.url, token, workload.ask(dialect, known, one.sent++));
    // The first line names the columns.
    return { requests: 1, seconds: took, rows: lines - 1 };
  }
  const walked = await walk(server.url, token, (answer) => {
    if (answer === undefined) return dialect.page(workload.pageSize, undefined);
    const handle = dialect.nextHandle(answer);
    return handle === undefined ? undefined : dialect.page(workload.pageSize, handle);
  });
  one.sent += walked.requests;
  return walked;
};

/** Puts a workload on a contender: a load of as many requests as a round has, for so many seconds at most, anything else from its beginning to its end. */
export const runRound = async (
  one: Running,
  workload: Workload,
  upstream: Upstream,
  maxSeconds: number,
): Promise<Round> => {
  const callsBefore = await upstream.calls();
  const before = one.server.usage();
  const { requests, seconds, medianMs, p99Ms, rows } = await ask(one, workload, upstream.token, maxSeconds);
  const after = one.server.usage();
  const calls = (await upstream.calls()) - callsBefore;
  const cpuMs = before === undefined || after === undefined ? Number.NaN : after.cpuMs - before.cpuMs;
  const perRequestMs = (seconds * 1000) / requests;
  return {
    requestsPerSecond: requests / seconds,
    seconds,
    cpuMs,
    cpuMsPerRequest: cpuMs / requests,
    busy: cpuMs / (seconds * 1000),
    medianMs: medianMs ?? perRequestMs,
    p99Ms: p99Ms ?? perRequestMs,
    callsPerRequest: calls / requests,
    rowsPerCpuSecond: rows && (rows * 1000) / cpuMs,
  };
};
