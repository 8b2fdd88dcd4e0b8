import type { Domain } from '../model/contract.ts';
import type { Operation } from '../model/operation.ts';
import type { Clock } from '../platform/clock.ts';
import type { Upstream } from '../upstream/client.ts';
import { type AskedFor, type ClosedDomains, whyOf } from './closed-domains.ts';
import { endEarly } from './early-end.ts';
import { found, type Resolved, unavailable } from './resolved.ts';

interface ReadOrWhyOptions {
  readonly domain: Domain;
  readonly upstream: Pick<Upstream, 'has'>;
  readonly closed: ClosedDomains;
  readonly clock: Clock;
  readonly operation: Operation;
  readonly asked: Exclude<AskedFor, 'uuids'>;
}

/** What reading a list of a domain gives, or the reason why it gives nothing. A closed domain is not asked. */
export const readOrWhy = async <Value>(
  { domain, upstream, closed, clock, operation, asked }: ReadOrWhyOptions,
  read: (operation: Operation) => Promise<Value>,
): Promise<Resolved<Value>> => {
  if (!upstream.has(domain)) return unavailable;
  const credentialKey = operation.caller?.credentialKey ?? '';
  const why = closed.closedTo(credentialKey, domain, operation.report);
  if (why !== undefined) return { resolution: why };
  try {
    const value = await endEarly(operation, clock, read);
    closed.noteAnswered(credentialKey, domain);
    return found(value);
  } catch (error) {
    return { resolution: whyOf(closed.judge(credentialKey, domain, { error, asked, report: operation.report })) };
  }
};
