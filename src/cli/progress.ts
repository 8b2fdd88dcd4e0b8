import type { SingleBar } from 'cli-progress';
import type { Clock } from '../platform/clock.ts';

/** How far an export is. */
interface ExportState {
  readonly subjects: number;
  /** Undefined: nobody knows. */
  readonly total: number | undefined;
  readonly pages: number;
  readonly calls: number;
  readonly waitedMs: number;
}

interface ProgressOptions {
  /** stderr. */
  readonly stream: NodeJS.WriteStream;
  /** `bar`: for a terminal. `lines`: one every ten seconds. */
  readonly style: 'bar' | 'lines' | 'none';
  readonly clock: Clock;
  readonly state: () => ExportState;
  /** Subjects that an export that goes on has already. */
  readonly subjectsBefore: number;
}

interface Progress {
  /** Shows nothing more. */
  stop(): void;
}

const lineEveryMs = 10_000;
const redrawEveryMs = 200;
/** A wait for the limit is shown for as long, so that it can be read. */
const waitShownMs = 1000;

/** Shows how far an export is until it is stopped. */
export const showProgress = async (options: ProgressOptions): Promise<Progress> => {
  const { style, clock, stream, state } = options;
  if (style === 'none') return { stop: () => {} };
  const describe = createDescription(options);
  const bar = style === 'bar' ? await startBar(options, describe) : undefined;
  const show = (): void => {
    if (bar === undefined) stream.write(`${describe(Infinity)}\n`);
    else drawBar(bar, state());
  };
  let cancel: () => void;
  const again = (): void => {
    show();
    cancel = clock.after(bar === undefined ? lineEveryMs : redrawEveryMs, again);
  };
  cancel = clock.after(bar === undefined ? lineEveryMs : redrawEveryMs, again);
  return {
    stop() {
      cancel();
      if (bar === undefined) return;
      drawBar(bar, state());
      bar.stop();
    },
  };
};

const drawBar = (bar: SingleBar, { subjects, total = subjects }: ExportState): void => {
  bar.setTotal(Math.max(1, total));
  bar.update(subjects);
};

const startBar = async ({ stream }: ProgressOptions, describe: (columns: number) => string): Promise<SingleBar> => {
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    stream,
    hideCursor: true,
    fps: 1000 / redrawEveryMs,
    // Interrupting is ours: the part has to be left whole.
    gracefulExit: false,
    format: (_options, { progress }) => {
      const columns = stream.columns ?? 80;
      const text = describe(columns - barColumns(columns) - 1);
      const width = Math.max(0, Math.min(barColumns(columns), columns - text.length - 2));
      const filled = Math.round(Math.min(1, progress) * width);
      return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${text}`;
    },
  });
  bar.start(1, 0);
  return bar;
};

const barColumns = (columns: number): number => Math.max(4, Math.floor(columns / 5));

/** Tells in words how far it is: as many as there are columns for, most needed first. */
const createDescription = ({ state, clock, subjectsBefore }: ProgressOptions): ((columns: number) => string) => {
  const beganMs = clock.nowMs();
  let waited = { ms: 0, sinceMs: -Infinity };
  return (columns) => {
    const { subjects, total, pages, calls, waitedMs } = state();
    const nowMs = clock.nowMs();
    if (waitedMs > waited.ms) waited = { ms: waitedMs, sinceMs: nowMs };
    const tookMs = Math.max(1, nowMs - beganMs);
    const perMs = (subjects - subjectsBefore) / tookMs;
    const percent =
      total === undefined || total === 0 ? undefined : Math.min(100, Math.floor((100 * subjects) / total));
    const leftMs = total === undefined || perMs <= 0 ? undefined : Math.max(0, total - subjects) / perMs;
    const parts = [
      percent === undefined ? `${count(subjects)} subjects` : `${percent}%`,
      ...(leftMs === undefined ? [] : [`${duration(leftMs)} left`]),
      ...(percent === undefined ? [] : [`${count(subjects)} of ${count(total ?? 0)} subjects`]),
      `${count(pages)} pages`,
      `${((1000 * calls) / tookMs).toFixed(1)} calls/s`,
      ...(nowMs - waited.sinceMs < waitShownMs ? ['waiting for the limit'] : []),
    ];
    let text = parts[0] as string;
    for (const part of parts.slice(1)) {
      if (text.length + 2 + part.length <= columns) text += `, ${part}`;
    }
    return text;
  };
};

const count = (value: number): string => value.toLocaleString('en-US');

const duration = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
