import type { SingleBar } from 'cli-progress';
import type { Clock } from '../platform/clock.ts';
import { createDescription, type ExportState } from './progress-text.ts';

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

/** Shows how far an export is until it is stopped. */
export const showProgress = async (options: ProgressOptions): Promise<Progress> => {
  const { style, clock, stream, state } = options;
  if (style === 'none') return { stop: () => {} };
  let isOver = false;
  // What stays on the terminal waits for nothing any more.
  const describe = createDescription({ ...options, isOver: () => isOver });
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
      isOver = true;
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
      const width = Math.max(4, Math.floor(columns / 10));
      // The last column stays free: some terminals go to the next line when it is written.
      const text = describe(columns - width - 2);
      const filled = Math.round(Math.min(1, progress) * width);
      return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${text}`;
    },
  });
  bar.start(1, 0);
  return bar;
};
