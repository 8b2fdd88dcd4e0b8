import type { GatewayError } from '../model/errors.ts';
import { sleep, type Clock } from '../platform/clock.ts';
import type { WriteTime } from './write-time.ts';

/** The first pause between two looks; each later one is twice as long. */
const firstPauseMs = 200;
const maxPauseMs = 1000;

/** What was seen last, and whether that is what was waited for. */
export type Seen<Value> =
  | { readonly isSo: boolean; readonly value: Value }
  /** It could not be read. */
  | { readonly isSo: false; readonly error: GatewayError };

/** What was seen; undefined where it could not be read. */
export const seenIn = <Value>(seen: Seen<Value> | undefined): Value | undefined =>
  seen !== undefined && 'value' in seen ? seen.value : undefined;

export interface SettleOptions<Value> {
  readonly read: () => Promise<Value>;
  readonly isSo: (value: Value) => boolean;
  readonly clock: Clock;
  readonly settleMs: number;
  readonly time: Pick<WriteTime, 'looking'>;
}

/** Looks until it is so: upstream shows what it has accepted eventually, and no later than in `settleMs` or never for us. Never rejects. */
export const settle = async <Value>({
  read,
  isSo,
  clock,
  settleMs,
  time,
}: SettleOptions<Value>): Promise<Seen<Value>> => {
  const untilMs = clock.nowMs() + settleMs;
  let seen: Seen<Value> | undefined;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(maxPauseMs, pauseMs * 2)) {
    try {
      const value = await read();
      seen = { value, isSo: isSo(value) };
      if (seen.isSo) return seen;
    } catch (error) {
      // What was seen before counts, unless nothing was.
      return seen ?? { isSo: false, error: error as GatewayError };
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
