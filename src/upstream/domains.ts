import { domains, type Domain } from '../model/contract.ts';
import { GatewayError } from '../model/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { WireSend } from './call.ts';
import { createBreaker, type Breaker, type BreakerState } from './policies/circuit-breaker.ts';
import { createUndiciSend, type UndiciSend, type UndiciSendOptions } from './transport/undici.ts';

/** Where each domain is. One that is absent is not asked. */
export type DomainAddresses = { readonly [Name in Domain]?: string | undefined };

interface DomainsOptions extends Omit<UndiciSendOptions, 'baseUrl'> {
  readonly addresses: DomainAddresses;
  readonly clock: Clock;
}

/** What each domain has of its own: an address, connections, and a circuit breaker. Everything else is shared by all of them. */
export interface Domains {
  /** Whether it has an address. */
  has(domain: Domain): boolean;
  /** Throws `UPSTREAM_UNAVAILABLE` where it has no address. */
  breakerOf(domain: Domain): Breaker;
  /** Sends each call to its domain. */
  readonly send: WireSend;
  /** The state of every circuit breaker that there is. */
  states(): Partial<Record<Domain, BreakerState>>;
  /** Breaks off what is under way and closes every connection. */
  close(): Promise<void>;
}

interface OpenDomain {
  readonly wire: UndiciSend;
  readonly breaker: Breaker;
}

/** Connects to nothing before the first call. */
export const createDomains = ({ addresses, clock, ...options }: DomainsOptions): Domains => {
  const open = new Map<Domain, OpenDomain>();
  for (const domain of domains) {
    const baseUrl = addresses[domain];
    if (baseUrl === undefined) continue;
    open.set(domain, { wire: createUndiciSend({ ...options, baseUrl }), breaker: createBreaker(clock) });
  }

  const domainOf = (domain: Domain): OpenDomain => {
    const found = open.get(domain);
    if (found === undefined) throw notAsked(domain);
    return found;
  };

  return {
    has: (domain) => open.has(domain),
    breakerOf: (domain) => domainOf(domain).breaker,
    send: (call) => domainOf(call.endpoint.domain).wire.send(call),
    states: () => Object.fromEntries([...open].map(([domain, { breaker }]) => [domain, breaker.state])),
    async close() {
      await Promise.all([...open.values()].map(({ wire }) => wire.close()));
    },
  };
};

/** Said before anything is sent, and never tried again. */
const notAsked = (domain: Domain): GatewayError =>
  new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    `This gateway does not ask ESET Connect's ${domain} domain: no address is set for it, or the region has none.`,
    { outcome: 'notSent' },
  );
