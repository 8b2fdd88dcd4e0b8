import type { GatewayError } from '../model/errors.ts';
import type { Subject } from '../model/subject.ts';
import { sleep, type Clock } from '../platform/clock.ts';
import type { WriteTime } from './write-time.ts';

/** The first pause between two looks; each later one is twice as long. */
const firstPauseMs = 200;
const maxPauseMs = 1000;

/** What was seen last, and whether that is what was waited for. */
export type Seen =
  | { readonly subject: Subject | null; readonly isSo: boolean }
  /** It could not be read. */
  | { readonly error: GatewayError };

export interface SettleOptions {
  readonly read: () => Promise<Subject | null>;
  readonly isSo: (subject: Subject | null) => boolean;
  readonly clock: Clock;
  readonly settleMs: number;
  readonly time: Pick<WriteTime, 'looking'>;
}

/** Looks until it is so: upstream shows what it has accepted eventually, and no later than in `settleMs` or never for us. Never rejects. */
export const settle = async ({ read, isSo, clock, settleMs, time }: SettleOptions): Promise<Seen> => {
  const untilMs = clock.nowMs() + settleMs;
  let seen: Seen | undefined;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(maxPauseMs, pauseMs * 2)) {
    try {
      const subject = await read();
      seen = { subject, isSo: isSo(subject) };
      if (seen.isSo) return seen;
    } catch (error) {
      // What was seen before counts, unless nothing was.
      return seen ?? { error: error as GatewayError };
    }
    const leftMs = untilMs - clock.nowMs();
    if (leftMs <= 0) return seen;
    try {
      await sleep(clock, Math.min(pauseMs, leftMs), time.looking.signal);
    } catch {
      return seen;
    }
  }
};
