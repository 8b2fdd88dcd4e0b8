import type { FairUse } from '../settings.ts';

/** What fair use makes of a call: served, served after a wait with 202 now, or refused with 503. */
type FairUseVerdict = 'served' | 'refused' | { readonly waitMs: number };

/** One leaky bucket for each API user, over all domains. */
export class FairUseBuckets {
  readonly #levels = new Map<string, { level: number; atMs: number }>();

  /** Takes a call against fair use. Being refused costs nothing, so that a pause helps. */
  use(user: string, { burst, perSecond, backlog }: FairUse, nowMs: number): FairUseVerdict {
    const last = this.#levels.get(user) ?? { level: 0, atMs: nowMs };
    const level = Math.max(0, last.level - ((nowMs - last.atMs) / 1000) * perSecond);
    if (level + 1 > burst + backlog) {
      this.#levels.set(user, { level, atMs: nowMs });
      return 'refused';
    }
    this.#levels.set(user, { level: level + 1, atMs: nowMs });
    return level + 1 <= burst ? 'served' : { waitMs: Math.ceil(((level + 1 - burst) / perSecond) * 1000) };
  }

  /** Empties every bucket. */
  reset(): void {
    this.#levels.clear();
  }
}
