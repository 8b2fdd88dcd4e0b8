import { programOf } from './contenders.ts';
import { type Server, startServer, type Upstream } from './processes.ts';
import type { ContenderName, Workload } from './workloads.ts';

export interface FleetOptions {
  /** Of Rolescope, on top of those that a contender has anyway. */
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeFlags: readonly string[];
  /** Whether a server goes on to the next workload that needs one like it. Quick, but what it holds by then is measured along. */
  readonly isShared: boolean;
}

/** The servers of a run. */
export interface Fleet {
  /** A server for a workload: a fresh one unless they are shared. */
  serverOf(name: ContenderName, workload: Pick<Workload, 'cache' | 'hasDirectory'>): Promise<Server>;
  /** Ends the servers of a workload unless they are shared. */
  endWorkload(): Promise<void>;
  /** Ends all of them. */
  end(): Promise<void>;
}

export const createFleet = (upstream: Upstream, { environment, nodeFlags, isShared }: FleetOptions): Fleet => {
  const servers = new Map<string, Server>();
  const end = async (): Promise<void> => {
    const ended = [...servers.values()];
    servers.clear();
    await Promise.all(ended.map((server) => server.stop()));
  };
  return {
    async serverOf(name, { cache, hasDirectory = false }) {
      const isOurs = name === 'nodes' || name === 'edges';
      // Whoever shares has no interest in what a directory costs where nobody asks for it.
      const key = isOurs ? `${name} ${cache}${isShared ? '' : ` ${hasDirectory}`}` : name;
      const known = servers.get(key);
      if (known !== undefined) return known;
      const directoryUrls = hasDirectory || isShared ? { directoryUrls: upstream.urls } : {};
      const options = { upstreamUrl: upstream.url, ...directoryUrls, cache, environment, nodeFlags };
      const server = await startServer(programOf(name, options));
      servers.set(key, server);
      return server;
    },
    endWorkload: () => (isShared ? Promise.resolve() : end()),
    end,
  };
};
