/** Slots may be kept in this process or beside it. */
type Eventually<Value> = Value | Promise<Value>;

/**
 * The account of what each credential may still call: never more than its limit in any second, less after upstream complained. It
 * does not queue and does not wait; `RateQueue` does. No method throws or rejects: a shared account that is out of reach must have
 * an answer of its own.
 */
export interface RateWindow {
  /** Takes a slot and answers 0, or takes none and answers after how many milliseconds to try again. */
  take(credentialKey: string, nowMs: number): Eventually<number>;
  /** Upstream said "too many": no slot for this credential for `pauseMs`, and half the pace for a while after. */
  penalize(credentialKey: string, pauseMs: number, nowMs: number): Eventually<void>;
  /**
   * The call that took its slot at `takenAtMs` left only now, because it had to wait for a connection: its second begins now. Optional: a
   * window without it relies on its margin alone.
   */
  leave?(credentialKey: string, takenAtMs: number, nowMs: number): void;
}

export interface RateWindowOptions {
  /** Slots in any one second. */
  readonly limit: number;
}

/**
 * Longer than a second: two calls can leave a second apart and arrive closer together. Ten a second are thus about 9.5 a second.
 */
export const windowMs = 1050;

/** How long the pace stays halved after a pause; then it doubles each time this passes without another complaint, up to the limit. */
export const slowMs = 10_000;

interface Account {
  /** When each of `limit` slots was last taken. Each is given out again when its own second is over, in turn. */
  readonly takenAtMs: number[];
  /** The slot whose turn is next. */
  head: number;
  pausedUntilMs: number;
  /** Slots a second at present. */
  pace: number;
  /** When the pace doubles next; meaningless at full pace. */
  fasterAtMs: number;
}

/** A window in this process. Accounts that have nothing to remember are dropped, so it does not grow with the credentials it has seen. */
export const createRateWindow = ({ limit }: RateWindowOptions): RateWindow => {
  // In order of last use: the first one is the one idle longest.
  const accounts = new Map<string, Account>();

  let latestMs = Number.NEGATIVE_INFINITY;

  const use = (credentialKey: string, nowMs: number): Account => {
    // A wall clock that was set back leaves slots in the future: what was remembered means nothing any more.
    if (nowMs < latestMs - windowMs) accounts.clear();
    latestMs = nowMs;
    let account = accounts.get(credentialKey);
    if (account === undefined) {
      account = { takenAtMs: [], head: 0, pausedUntilMs: nowMs, pace: limit, fasterAtMs: nowMs };
      dropIdle(nowMs);
    } else {
      accounts.delete(credentialKey);
      recover(account, nowMs);
    }
    accounts.set(credentialKey, account);
    return account;
  };

  const recover = (account: Account, nowMs: number): void => {
    while (account.pace < limit && nowMs >= account.fasterAtMs) {
      account.pace = Math.min(limit, account.pace * 2);
      account.fasterAtMs += slowMs;
    }
  };

  const dropIdle = (nowMs: number): void => {
    for (const [key, account] of accounts) {
      recover(account, nowMs);
      const newestMs = account.takenAtMs[(account.head + limit - 1) % limit] ?? account.pausedUntilMs;
      if (account.pace < limit || nowMs < account.pausedUntilMs || nowMs - newestMs < windowMs) return;
      accounts.delete(key);
    }
  };

  return {
    leave(credentialKey, takenAtMs, nowMs) {
      const times = accounts.get(credentialKey)?.takenAtMs ?? [];
      let latest = -1;
      for (let i = 0; i < times.length; i++) {
        const atMs = times[i] ?? Number.POSITIVE_INFINITY;
        if (atMs <= takenAtMs && atMs > (times[latest] ?? Number.NEGATIVE_INFINITY)) latest = i;
      }
      if (latest >= 0) times[latest] = nowMs;
    },
    take(credentialKey, nowMs) {
      const account = use(credentialKey, nowMs);
      if (nowMs < account.pausedUntilMs) return account.pausedUntilMs - nowMs;
      // The slot `pace` takes ago must have left the window.
      const earlierAtMs = account.takenAtMs[(account.head + limit - account.pace) % limit];
      if (earlierAtMs !== undefined && nowMs - earlierAtMs < windowMs) {
        return earlierAtMs + windowMs - nowMs;
      }
      account.takenAtMs[account.head] = nowMs;
      account.head = (account.head + 1) % limit;
      return 0;
    },
    penalize(credentialKey, pauseMs, nowMs) {
      const account = use(credentialKey, nowMs);
      // Calls that were under way together complain together: that is one reason to slow down, not ten.
      if (nowMs >= account.pausedUntilMs) account.pace = Math.max(1, Math.floor(account.pace / 2));
      account.pausedUntilMs = Math.max(account.pausedUntilMs, nowMs + pauseMs);
      account.fasterAtMs = account.pausedUntilMs + slowMs;
    },
  };
};
