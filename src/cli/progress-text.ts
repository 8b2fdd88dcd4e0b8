import type { Clock } from '../platform/clock.ts';

/** How far an export is. */
export interface ExportState {
  readonly subjects: number;
  /** Undefined: nobody knows. */
  readonly total: number | undefined;
  readonly pages: number;
  /** Attempts that upstream was sent. */
  readonly calls: number;
  /** What calls that went through have waited for the rate limit. */
  readonly waitedMs: number;
  /** A call waits now. */
  readonly isWaitingForLimit: boolean;
}

interface DescriptionOptions {
  readonly state: () => ExportState;
  readonly clock: Clock;
  /** Subjects that an export that goes on has already. */
  readonly subjectsBefore: number;
  /** Default: never. */
  readonly isOver?: () => boolean;
}

/** A wait is shown for as long at least, so that it can be read. */
const waitShownMs = 1000;

/** Tells in words how far it is: as much as there are columns for, most needed first. Room is kept for a wait, so that nothing else moves when there is one. */
export const createDescription = ({
  state,
  clock,
  subjectsBefore,
  isOver = () => false,
}: DescriptionOptions): ((columns: number) => string) => {
  const beganMs = clock.nowMs();
  let waited = { ms: 0, untilMs: -Infinity };
  return (columns) => {
    const { subjects, total, pages, calls, waitedMs, isWaitingForLimit } = state();
    const nowMs = clock.nowMs();
    if (isWaitingForLimit || waitedMs > waited.ms) waited = { ms: waitedMs, untilMs: nowMs + waitShownMs };
    const tookMs = Math.max(1, nowMs - beganMs);
    const perMs = (subjects - subjectsBefore) / tookMs;
    const percent =
      total === undefined || total === 0 ? undefined : Math.min(100, Math.floor((100 * subjects) / total));
    const leftMs = total === undefined || perMs <= 0 ? undefined : Math.max(0, total - subjects) / perMs;
    const parts = [
      percent === undefined ? counted(subjects, 'subject') : `${percent}%`,
      ...(leftMs === undefined ? [] : [`${duration(leftMs)} left`]),
      ...(percent === undefined ? [] : [`${count(subjects)}/${counted(total ?? 0, 'subject')}`]),
      `${((1000 * calls) / tookMs).toFixed(1)} calls/s`,
      counted(pages, 'page'),
    ];
    const text = asManyAs(parts, columns - shortWait.length);
    if (nowMs >= waited.untilMs || isOver()) return text;
    return text + (text.length + longWait.length <= columns ? longWait : shortWait);
  };
};

const shortWait = ', waiting';
const longWait = ', waiting for the limit';

const asManyAs = ([first = '', ...others]: readonly string[], columns: number): string => {
  let text = first;
  for (const part of others) {
    if (text.length + 2 + part.length <= columns) text += `, ${part}`;
  }
  return text;
};

const count = (value: number): string => value.toLocaleString('en-US');

const counted = (value: number, what: string): string => `${count(value)} ${what}${value === 1 ? '' : 's'}`;

const duration = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
