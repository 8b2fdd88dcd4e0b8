/** Counts the calls of each caller, over all domains. */
export class RateLimit {
  readonly #admitted = new Map<string, number[]>();

  /** True where fewer than `perSecond` calls were admitted in the last 1000 ms. A refused call does not count. */
  admit(caller: string, perSecond: number, nowMs: number): boolean {
    const recent = (this.#admitted.get(caller) ?? []).filter((atMs) => atMs > nowMs - 1000);
    const isAdmitted = recent.length < perSecond;
    if (isAdmitted) recent.push(nowMs);
    this.#admitted.set(caller, recent);
    return isAdmitted;
  }

  /** Forgets every call. */
  reset(): void {
    this.#admitted.clear();
  }
}
