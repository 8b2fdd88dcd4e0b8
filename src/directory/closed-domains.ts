import { LRUCache } from 'lru-cache';
import type { Domain } from '../model/contract.ts';
import { GatewayError } from '../model/errors.ts';
import { atMost } from '../platform/at-most.ts';
import type { Clock } from '../platform/clock.ts';
import { keyPart } from '../platform/key-part.ts';
import type { Unresolved } from './resolved.ts';

/** What a refused call says: the domain is closed to this credential, an unknown uuid is among those asked for, or it failed. */
export type Verdict = { readonly closed: Unresolved } | { readonly failed: Unresolved } | 'unknown uuid';

/** What a verdict leaves to say of what was asked for. */
export const whyOf = (verdict: Verdict): Unresolved => {
  if (verdict === 'unknown uuid') return 'UNAVAILABLE';
  return 'closed' in verdict ? verdict.closed : verdict.failed;
};

/**
 * What a call asked for: things by their uuids; everything of a kind, of which a refusal can only mean that it is closed; or what lies in one thing, which
 * may be closed by itself.
 */
export type AskedFor = 'uuids' | 'everything' | 'contents';

/** Which domains are closed to which credential. Many accounts have no users domain at all: it comes with a product of its own. */
export interface ClosedDomains {
  /** Why the domain is not asked now; undefined where it may be. */
  closedTo(credentialKey: string, domain: Domain): Unresolved | undefined;
  /** Notes that the domain has answered: from now on a 403 of it is about what was asked for, where that can be. */
  noteAnswered(credentialKey: string, domain: Domain): void;
  /** Judges a refusal, and closes the domain where it says so. Throws what is no refusal of upstream's but a mistake of ours. */
  judge(credentialKey: string, domain: Domain, refused: { readonly error: unknown; readonly asked: AskedFor }): Verdict;
}

/** How long a closed domain is not asked again. */
const closedMs = 60_000;
/** Credentials and domains that are remembered: a few hundred bytes each. */
const maxEntries = 10_000;

interface Entry {
  /** True once the domain has answered this credential. */
  readonly isOpen: boolean;
  readonly closed?: { readonly untilMs: number; readonly why: Unresolved };
}

export const createClosedDomains = (clock: Clock): ClosedDomains => {
  const entries = new LRUCache<string, Entry>(atMost(maxEntries));
  const keyOf = (credentialKey: string, domain: Domain): string => keyPart(credentialKey) + domain;

  const close = (key: string, why: Unresolved): Verdict => {
    entries.set(key, { isOpen: false, closed: { untilMs: clock.nowMs() + closedMs, why } });
    return { closed: why };
  };

  return {
    closedTo(credentialKey, domain) {
      const closed = entries.get(keyOf(credentialKey, domain))?.closed;
      return closed !== undefined && clock.nowMs() < closed.untilMs ? closed.why : undefined;
    },
    noteAnswered(credentialKey, domain) {
      const key = keyOf(credentialKey, domain);
      if (entries.get(key)?.isOpen !== true) entries.set(key, { isOpen: true });
    },
    judge(credentialKey, domain, { error, asked }) {
      if (!(error instanceof GatewayError)) throw error;
      const key = keyOf(credentialKey, domain);
      switch (error.upstreamStatus) {
        case 501:
          return close(key, 'UNAVAILABLE');
        case 403:
          // Rights can be taken away while it runs: an open domain that refuses everything is closed from then on.
          if (entries.get(key)?.isOpen !== true || asked === 'everything') return close(key, 'FORBIDDEN');
          return asked === 'uuids' ? 'unknown uuid' : { failed: 'FORBIDDEN' };
        case 400:
        case 404:
          return error.code === 'UNAUTHENTICATED' ? { failed: 'UNAVAILABLE' } : 'unknown uuid';
        default:
          return { failed: 'UNAVAILABLE' };
      }
    },
  };
};
