import type { Domain } from '../model/contract.ts';
import type { Operation } from '../model/operation.ts';
import type { Clock } from '../platform/clock.ts';
import { andThen, type MaybePromise } from '../platform/maybe-promise.ts';
import type { Upstream } from '../upstream/client.ts';
import { type AskedFor, type ClosedDomains, whyOf } from './closed-domains.ts';
import { endEarly } from './early-end.ts';
import { found, type Resolved, unavailable } from './resolved.ts';
import type { WholeList } from './whole-list.ts';

interface ReadOrWhyOptions {
  readonly domain: Domain;
  readonly upstream: Pick<Upstream, 'has'>;
  readonly closed: ClosedDomains;
  readonly clock: Clock;
  readonly operation: Operation;
  readonly asked: Exclude<AskedFor, 'uuids'>;
}

/** What reading a list of a domain gives, or the reason why it gives nothing. A closed domain is not asked. At once where the list is known. */
export const readOrWhy = <Question, Item>(
  { domain, upstream, closed, clock, operation, asked }: ReadOrWhyOptions,
  list: Pick<WholeList<Question, Item>, 'known' | 'read'>,
  question: Question,
): MaybePromise<Resolved<readonly Item[]>> => {
  if (!upstream.has(domain)) return unavailable;
  const credentialKey = operation.caller?.credentialKey ?? '';
  const why = closed.closedTo(credentialKey, domain, operation.report);
  if (why !== undefined) return { resolution: why };
  const answer = (items: readonly Item[]): Resolved<readonly Item[]> => {
    closed.noteAnswered(credentialKey, domain);
    return found(items);
  };
  const known = list.known(question, operation);
  if (known !== undefined) return andThen(known, answer);
  return endEarly(operation, clock, (early) => list.read(question, early)).then(
    answer,
    (error: unknown): Resolved<never> => ({
      resolution: whyOf(closed.judge(credentialKey, domain, { error, asked, report: operation.report })),
    }),
  );
};
