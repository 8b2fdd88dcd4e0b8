import { LRUCache } from 'lru-cache';
import type { Domain } from '../model/contract.ts';
import { GatewayError } from '../model/errors.ts';
import type { UpstreamReport } from '../model/upstream-report.ts';
import { recordUntil } from '../pages/record-hit.ts';
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

/**
 * Which domains are closed to which credential. Many accounts have no users domain at all: it comes with a product of its own. The report of whoever is told why there is no answer notes until when
 * that is so: as long as the domain is closed, and not at all where a call has failed.
 */
export interface ClosedDomains {
  /** Why the domain is not asked now; undefined where it may be. */
  closedTo(credentialKey: string, domain: Domain, report: UpstreamReport): Unresolved | undefined;
  /** Notes that the domain has answered: from now on a 403 of it is about what was asked for, where that can be. */
  noteAnswered(credentialKey: string, domain: Domain): void;
  /** Judges a refusal, and closes the domain where it says so. Throws what is no refusal of upstream's but a mistake of ours. */
  judge(credentialKey: string, domain: Domain, refused: Refused): Verdict;
}

interface Refused {
  readonly error: unknown;
  readonly asked: AskedFor;
  readonly report: UpstreamReport;
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

  const closedAs = (key: string): Entry['closed'] => {
    const closed = entries.get(key)?.closed;
    return closed !== undefined && clock.nowMs() < closed.untilMs ? closed : undefined;
  };

  const judge = (key: string, { error, asked }: Pick<Refused, 'error' | 'asked'>): Verdict => {
    if (!(error instanceof GatewayError)) throw error;
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
  };

  return {
    closedTo(credentialKey, domain, report) {
      const closed = closedAs(keyOf(credentialKey, domain));
      if (closed !== undefined) recordUntil(report, closed.untilMs);
      return closed?.why;
    },
    noteAnswered(credentialKey, domain) {
      const key = keyOf(credentialKey, domain);
      if (entries.get(key)?.isOpen !== true) entries.set(key, { isOpen: true });
    },
    judge(credentialKey, domain, { report, ...refused }) {
      const key = keyOf(credentialKey, domain);
      const verdict = judge(key, refused);
      if (verdict !== 'unknown uuid' || refused.asked !== 'uuids') {
        recordUntil(report, closedAs(key)?.untilMs ?? clock.nowMs());
      }
      return verdict;
    },
  };
};
