import type { FairUse } from '../settings.ts';

/** What fair use makes of a call: served, served after a wait with 202 now, or refused with 503. */
export type FairUseVerdict = 'served' | 'refused' | { readonly waitMs: number };

/** Counts the calls of each API user. */
export class Limits {
  readonly #admitted = new Map<string, number[]>();
  readonly #levels = new Map<string, { level: number; atMs: number }>();

  /** True where fewer than `perSecond` calls were admitted in the last 1000 ms. A refused call does not count. */
  admit(user: string, perSecond: number, nowMs: number): boolean {
    const recent = (this.#admitted.get(user) ?? []).filter((atMs) => atMs > nowMs - 1000);
    const isAdmitted = recent.length < perSecond;
    if (isAdmitted) recent.push(nowMs);
    this.#admitted.set(user, recent);
    return isAdmitted;
  }

  /** Takes a call against fair use. Being refused costs nothing, so that a pause mends it. */
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

  /** Forgets every call. */
  reset(): void {
    this.#admitted.clear();
    this.#levels.clear();
  }
}
