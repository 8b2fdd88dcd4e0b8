import type { Eventually } from '../../platform/eventually.ts';
import { maxPauseMs } from '../transport/retry-after.ts';

/** Why there is no slot: until when it is of no use to ask again. At least one is more than 0. */
export interface SlotWait {
  /** The credential itself has to wait so long, in milliseconds. */
  readonly ownMs: number;
  /** Everybody has to, because the address has used up its own limit. */
  readonly everyonesMs: number;
}

/**
 * The account of what may still be called: never more than a credential's limit in any second, nor more than that of the address with all its
 * credentials, and less after upstream complained. It does not queue and does not wait; `RateQueue` does. No method throws or rejects: a shared account that
 * is out of reach must have an answer of its own.
 */
export interface RateWindow {
  /** Takes a slot of both accounts and answers undefined; or takes none, and answers when to try again. */
  take(credentialKey: string, nowMs: number): Eventually<SlotWait | undefined>;
  /** Upstream said "too many": no slot for this credential for `pauseMs`, at most `maxPauseMs`, and half the pace for a while after. */
  backOff(credentialKey: string, pauseMs: number, nowMs: number): Eventually<void>;
  /** The call that took its slot at `takenAtMs` left only now, because it had to wait for a connection: its second begins now. */
  leave(credentialKey: string, takenAtMs: number, nowMs: number): void;
}

export interface RateLimits {
  /** Slots of one credential in any one second. */
  readonly limit: number;
  /** Slots of all credentials together. Default: 0, not counted. */
  readonly addressLimit?: number;
}

/**
 * Longer than a second: two calls can leave a second apart and arrive closer together. Ten a second are thus about 9.5 a second.
 */
export const windowMs = 1050;

/** How long the pace stays halved after a pause; then it doubles each time this passes without another complaint, up to the limit. */
export const slowMs = 10_000;

/** How many accounts are looked at for something to forget, whenever one is added. */
const maxLooked = 20;

interface Account {
  /** Slots in any one second at full pace. */
  readonly limit: number;
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

const openAccount = (limit: number, nowMs: number): Account => ({
  limit,
  takenAtMs: [],
  head: 0,
  pausedUntilMs: nowMs,
  pace: limit,
  fasterAtMs: nowMs,
});

/** How long until the account has a slot; 0 where it has one. */
const waitOf = ({ takenAtMs, head, limit, pace, pausedUntilMs }: Account, nowMs: number): number => {
  if (nowMs < pausedUntilMs) return pausedUntilMs - nowMs;
  // The slot `pace` takes ago must have left the window.
  const earlierAtMs = takenAtMs[(head + limit - pace) % limit];
  return earlierAtMs === undefined ? 0 : Math.max(0, earlierAtMs + windowMs - nowMs);
};

const takeSlot = (account: Account, nowMs: number): void => {
  account.takenAtMs[account.head] = nowMs;
  account.head = (account.head + 1) % account.limit;
};

/** The slot that was taken at `takenAtMs`, or the latest before, counts from now on. */
const moveSlot = ({ takenAtMs: times, head, limit }: Account, takenAtMs: number, nowMs: number): void => {
  let latest = -1;
  let latestMs = Number.NEGATIVE_INFINITY;
  // The newest first: it is nearly always one of them.
  for (let back = 1; back <= times.length && latestMs < takenAtMs; back++) {
    const index = (head + limit - back) % limit;
    const atMs = times[index] ?? Number.POSITIVE_INFINITY;
    if (atMs > takenAtMs || atMs <= latestMs) continue;
    latest = index;
    latestMs = atMs;
  }
  if (latest >= 0) times[latest] = nowMs;
};

const recover = (account: Account, nowMs: number): void => {
  while (account.pace < account.limit && nowMs >= account.fasterAtMs) {
    account.pace = Math.min(account.limit, account.pace * 2);
    account.fasterAtMs += slowMs;
  }
};

/** A window in this process. Accounts that have nothing to remember are dropped, so it does not grow with the credentials it has seen. */
export const createRateWindow = ({ limit, addressLimit = 0 }: RateLimits): RateWindow => {
  // About in order of last use: the first ones are idle longest.
  const accounts = new Map<string, Account>();
  let address: Account | undefined;
  let latestMs = Number.NEGATIVE_INFINITY;

  /** A wall clock that was set back leaves slots in the future: what was remembered means nothing any more. */
  const checkClock = (nowMs: number): void => {
    if (nowMs < latestMs - windowMs) {
      accounts.clear();
      address = undefined;
    }
    latestMs = nowMs;
  };

  const use = (credentialKey: string, nowMs: number): Account => {
    checkClock(nowMs);
    let account = accounts.get(credentialKey);
    if (account === undefined) {
      dropIdle(nowMs);
      account = openAccount(limit, nowMs);
    } else {
      accounts.delete(credentialKey);
      recover(account, nowMs);
    }
    accounts.set(credentialKey, account);
    return account;
  };

  const dropIdle = (nowMs: number): void => {
    let looked = 0;
    for (const [key, account] of accounts) {
      if (looked++ === maxLooked) return;
      recover(account, nowMs);
      const newestMs = account.takenAtMs[(account.head + limit - 1) % limit] ?? account.pausedUntilMs;
      const isFresh = nowMs - newestMs < windowMs;
      const isSlowed = account.pace < limit || nowMs < account.pausedUntilMs;
      // What is behind it was used later still.
      if (isFresh && !isSlowed) return;
      accounts.delete(key);
      // One that waits out a pause goes to the end, or it would keep all that are behind it from being dropped.
      if (isSlowed) accounts.set(key, account);
    }
  };

  return {
    leave(credentialKey, takenAtMs, nowMs) {
      const account = accounts.get(credentialKey);
      if (account !== undefined) moveSlot(account, takenAtMs, nowMs);
      if (address !== undefined) moveSlot(address, takenAtMs, nowMs);
    },
    take(credentialKey, nowMs) {
      const account = use(credentialKey, nowMs);
      if (addressLimit > 0) address ??= openAccount(addressLimit, nowMs);
      const ownMs = waitOf(account, nowMs);
      const everyonesMs = address === undefined ? 0 : waitOf(address, nowMs);
      if (ownMs > 0 || everyonesMs > 0) return { ownMs, everyonesMs };
      takeSlot(account, nowMs);
      if (address !== undefined) takeSlot(address, nowMs);
    },
    backOff(credentialKey, pauseMs, nowMs) {
      const account = use(credentialKey, nowMs);
      // Calls that were under way together complain together: that is one reason to slow down, not ten.
      if (nowMs >= account.pausedUntilMs) account.pace = Math.max(1, Math.floor(account.pace / 2));
      account.pausedUntilMs = Math.max(account.pausedUntilMs, nowMs + Math.min(pauseMs, maxPauseMs));
      account.fasterAtMs = account.pausedUntilMs + slowMs;
    },
  };
};
