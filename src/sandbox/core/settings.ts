import { defaultReadings, type Readings } from './readings.ts';

/** When a slow question's answer changes its form; `newer` and `older` are the two readings of ESET's documents. */
export interface PendingTimes {
  /** How long a question that is not ready is held before it is answered with 202. */
  readonly acceptAfterMs: number;
  /** How long a question may take at all before it is answered with 504. */
  readonly giveUpAfterMs: number;
  /** How long a ready answer waits to be picked up. */
  readonly keepMs: number;
  /** How long every request takes but those of tokens. */
  readonly takesMs: number;
}

/** Ready-made times. `immediate` answers every question with 202 first, for demonstrations. */
const pendingTimes = {
  newer: { acceptAfterMs: 30_000, giveUpAfterMs: 120_000, keepMs: 600_000, takesMs: 0 },
  older: { acceptAfterMs: 50_000, giveUpAfterMs: 180_000, keepMs: 600_000, takesMs: 0 },
  immediate: { acceptAfterMs: 0, giveUpAfterMs: 120_000, keepMs: 600_000, takesMs: 3000 },
} as const satisfies Record<string, PendingTimes>;

/** Fair use as a leaky bucket: each call fills it by one, and it leaks all the time. */
export interface FairUse {
  /** Calls that are served at once while the bucket is not fuller than this. */
  readonly burst: number;
  /** What leaks per second, and so how many calls a second are served beyond the burst. */
  readonly perSecond: number;
  /** Calls beyond the burst that get 202 and wait for their turn; the next one gets 503. */
  readonly backlog: number;
}

/** Everything about the sandbox that can be changed while it runs. */
export interface Settings extends Readings {
  /** Calls a second over all domains; false: no limit. */
  readonly rateLimit: number | false;
  /** Whose calls are counted together: those of an API user, or those from one address. */
  readonly rateLimitBy: 'user' | 'address';
  /** What a 429 or 503 of the limits says in `Retry-After`; false: nothing, as documented. */
  readonly retryAfterSeconds: number | false;
  readonly fairUse: FairUse | false;
  readonly pending: PendingTimes;
  /**
   * `full`: every page is as long as was asked for. A seed: pages are short or empty now and then, each with a successor.
   * `stuck`: from the second page on, the token that was sent comes back.
   */
  readonly pageShape: 'full' | 'stuck' | { readonly seed: number };
  /** How `totalSize` is written. A value replaces it. */
  readonly totalSize: 'string' | 'number' | 'omitted' | { readonly value: string | number };
  /** How long reads still show what was before a write. */
  readonly visibleAfterMs: number;
  readonly tokenLifetimeMs: number;
  readonly refreshTokenLifetimeMs: number;
  readonly pageTokenLifetimeMs: number;
}

const defaultFairUse: FairUse = { burst: 1000, perSecond: 2, backlog: 60 };

/** How upstream behaves as far as it is documented; the lifetimes of refresh and page tokens are not. */
export const defaultSettings: Settings = {
  ...defaultReadings,
  rateLimit: 10,
  rateLimitBy: 'user',
  retryAfterSeconds: false,
  fairUse: defaultFairUse,
  pending: pendingTimes.newer,
  pageShape: 'full',
  totalSize: 'string',
  visibleAfterMs: 0,
  tokenLifetimeMs: 3_600_000,
  refreshTokenLifetimeMs: 24 * 3_600_000,
  pageTokenLifetimeMs: 3_600_000,
};

/** Settings as options give them: what is left out stays as it was. */
export interface SettingsInput extends Partial<Readings> {
  readonly rateLimit?: number | false;
  readonly rateLimitBy?: Settings['rateLimitBy'];
  readonly retryAfterSeconds?: number | false;
  /** Default: on where there is a rate limit. */
  readonly fairUse?: boolean | Partial<FairUse>;
  readonly pending?: keyof typeof pendingTimes | Partial<PendingTimes>;
  readonly pageShape?: Settings['pageShape'];
  readonly totalSize?: Settings['totalSize'];
  readonly visibleAfterMs?: number;
  readonly tokenLifetimeMs?: number;
  readonly refreshTokenLifetimeMs?: number;
  readonly pageTokenLifetimeMs?: number;
}

/** Changes settings. Switching the rate limit off switches fair use off too, unless fair use is named itself. */
export const applySettings = (base: Settings, { fairUse, pending, ...rest }: SettingsInput): Settings => ({
  ...base,
  ...rest,
  pending: { ...base.pending, ...(typeof pending === 'string' ? pendingTimes[pending] : pending) },
  fairUse: applyFairUse(rest.rateLimit === false ? false : base.fairUse, fairUse),
});

const applyFairUse = (base: Settings['fairUse'], input: SettingsInput['fairUse']): Settings['fairUse'] => {
  if (input === undefined) return base;
  if (input === false) return false;
  return { ...(base === false ? defaultFairUse : base), ...(input === true ? {} : input) };
};
