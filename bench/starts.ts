import { setTimeout } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import { askOnce, load } from './load.ts';
import type { Upstream } from './processes.ts';
import { byHand, nodes, rest } from './queries.ts';
import { type Spread, spreadOf } from './summary.ts';
import type { MeasureOptions } from './measure.ts';

export interface StartResult {
  readonly name: 'bare proxy' | 'by hand' | 'rolescope';
  readonly firstAnswerMs: Spread;
  /** CPU time until then. */
  readonly firstAnswerCpuMs: Spread;
  readonly idleMemoryBytes: Spread;
  readonly loadMemoryBytes: Spread;
}

/** What Rolescope is to reach. */
export const startGoals = { firstAnswerMs: 350, idleMb: 80, loadMb: 220 } as const;

const contenders = [
  { name: 'bare proxy', contender: 'bare proxy', dialect: rest },
  { name: 'by hand', contender: 'by hand', dialect: byHand },
  { name: 'rolescope', contender: 'nodes', dialect: nodes },
] as const;

/** Measures fresh processes, in a third of the rounds: how soon they answer, and how much memory they take then and under load. */
export const measureStarts = async (
  upstream: Upstream,
  { options, fleet }: { readonly options: MeasureOptions; readonly fleet: Fleet },
): Promise<StartResult[]> => {
  const asked = contenders.filter(({ contender }) => options.contenders.includes(contender));
  const figures = asked.map(() => ({
    ms: [] as number[],
    cpuMs: [] as number[],
    idle: [] as number[],
    load: [] as number[],
  }));
  for (let round = 0; round < Math.ceil(options.rounds / 3); round++) {
    for (const [index, { contender, dialect }] of asked.entries()) {
      const figure = figures[index];
      const startedMs = performance.now();
      const server = await fleet.serverOf(contender, { cache: false });
      try {
        await askOnce(server.url, upstream.token, dialect.page(50, undefined));
        figure?.ms.push(performance.now() - startedMs);
        figure?.cpuMs.push(server.usage()?.cpuMs ?? Number.NaN);
        await setTimeout(options.settleSeconds * 1000);
        figure?.idle.push(server.usage()?.memoryBytes ?? Number.NaN);
        for (const [size, connections] of [
          [50, 16],
          [1000, 4],
        ] as const) {
          await load({
            url: server.url,
            token: upstream.token,
            connections,
            next: () => dialect.page(size, undefined),
            seconds: options.settleSeconds,
            maxRequests: 1_000_000,
          });
        }
        figure?.load.push(server.usage()?.peakMemoryBytes ?? Number.NaN);
      } finally {
        await fleet.end();
      }
    }
  }
  return asked.map(({ name }, index) => ({
    name,
    firstAnswerMs: spreadOf(figures[index]?.ms ?? []),
    firstAnswerCpuMs: spreadOf(figures[index]?.cpuMs ?? []),
    idleMemoryBytes: spreadOf(figures[index]?.idle ?? []),
    loadMemoryBytes: spreadOf(figures[index]?.load ?? []),
  }));
};
