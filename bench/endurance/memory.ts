import type { Server } from '../processes.ts';
import { spreadOf, thirdsOf } from '../summary.ts';

export interface Memory {
  readonly text: string;
  /** Whether it is more at the end than after the warm-up. */
  readonly grew: boolean;
}

const residentMs = 250;
const inUseMs = 1000;
/** A replica with little to do would leave its garbage lying for minutes. More often would be seen in how fast it answers: it stands still meanwhile. */
const collectMs = 60_000;
const warmUpMs = 120_000;
/** How much more may be in use. */
const maxGrowth = 1.15;
/** In so many seconds all garbage is collected twice. In less, what is resident has to tell. */
const tellingSeconds = 120;

/**
 * Watches a replica's memory until it is stopped. Whether it grows is told by what is in use (heap and buffers) when it is least, which is right after
 * all garbage was collected, as it is told to: what is resident says as much about when V8 collects as about what is held. Of a run too short for that the resident memory is
 * taken. Of several that are watched each collects at a moment of its own (`turn`, from 0 to 1 of the time between two): all at once would leave no processor to anybody.
 */
export const watchMemory = (server: Server, turn = 0): { stop(): Memory } => {
  const resident: number[] = [];
  const inUse: number[] = [];
  const collect = (): void => server.signal('SIGUSR2');
  const beginning = setTimeout(() => timers.push(setInterval(collect, collectMs)), turn * collectMs);
  const timers = [
    setInterval(() => resident.push((server.usage()?.memoryBytes ?? 0) / 1e6), residentMs),
    setInterval(() => {
      readInUse(server).then(
        (megabytes) => inUse.push(megabytes),
        // The next one will tell.
        () => {},
      );
    }, inUseMs),
  ];
  return {
    stop() {
      clearTimeout(beginning);
      for (const timer of timers) clearInterval(timer);
      const [earlier, later] = thirdsOf(levelOf(inUse, warmUpMs / inUseMs)).map(
        (readings) => spreadOf(readings).min,
      ) as [number, number];
      const [residentFirst, residentLast] = thirdsOf(levelOf(resident, warmUpMs / residentMs)).map(
        (readings) => spreadOf(readings).median,
      ) as [number, number];
      const mb = (megabytes: number): string => `${megabytes.toFixed(0)} MB`;
      return {
        text: `in use after collections ${mb(earlier)} after the warm-up, ${mb(later)} at the end; resident ${mb(residentFirst)}, ${mb(residentLast)}, ${mb(Math.max(0, ...resident))} at most`,
        grew:
          inUse.length * inUseMs < 3 * tellingSeconds * 1000
            ? residentLast > residentFirst * maxGrowth
            : later > earlier * maxGrowth,
      };
    },
  };
};

/** What was read after the warm-up; of a short run two fifths are the warm-up. */
const levelOf = (readings: readonly number[], warmUp: number): readonly number[] =>
  readings.slice(Math.min(warmUp, Math.floor(readings.length * 0.4)));

/** Bytes of heap and buffers that are in use, in megabytes. */
const readInUse = async (server: Server): Promise<number> => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const bytes = ['nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes'].map((name) =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]),
  );
  return bytes.reduce((sum, each) => sum + each, 0) / 1e6;
};
