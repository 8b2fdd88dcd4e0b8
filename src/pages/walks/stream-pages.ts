import { createCallBudget } from '../../model/call-budget.ts';
import { GatewayError, isRefusedToken } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import type { Page, PageSource, PageToken } from '../../model/page.ts';
import { type Clock, sleep } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { repeatingToken, tooManyCalls } from './walk-errors.ts';

interface StreamPagesOptions<Question, Item> {
  /** Keeps nothing of what it reads. */
  readonly source: PageSource<Question, Item>;
  readonly question: Question;
  readonly pageSize: number;
  /** Calls that all pages together may cost, retries included, and what sets that. */
  readonly maxCalls: { readonly limit: number; readonly setting: string };
  readonly clock: Clock;
  readonly random: Random;
}

/** How often one page is asked for, and what lies between: beyond what the client of upstream tries by itself. */
const maxTries = 10;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/**
 * Every page of a list, one after the other, for lists that have no room in memory: a page is let go of before the next is asked for. Each is an operation of its own, so that whoever else calls waits
 * behind one at most. A page that fails is asked for again a while later, because what was read before it would be lost. Fails with a `GatewayError`: `CALL_BUDGET_EXCEEDED` at the first page
 * where that says that the list is longer than it may be; as upstream does where a page fails ten times, or at once where its token is refused; and with the reason of the operation's
 * signal.
 */
export async function* streamPages<Question, Item>(
  { source, question, pageSize, maxCalls, clock, random }: StreamPagesOptions<Question, Item>,
  operation: Operation,
): AsyncGenerator<Page<Item>> {
  const budget = createCallBudget(maxCalls.limit);
  const seen = new Set<PageToken>();

  const fetch = async (pageToken: PageToken | undefined): Promise<Page<Item>> => {
    const request = { question, pageSize, ...(pageToken !== undefined && { pageToken }) };
    for (let tries = 1; ; tries++) {
      try {
        return await source.fetchPage(request, { ...operation, id: random.uuid(), budget });
      } catch (error) {
        if (!(error instanceof GatewayError) || operation.signal.aborted) throw error;
        if (error.code === 'CALL_BUDGET_EXCEEDED') throw tooManyCalls({ ...maxCalls, needed: undefined });
        if (tries === maxTries || isRefusedToken(error)) throw error;
        const pauseMs = error.retryAfterMs ?? firstPauseMs * 2 ** (tries - 1);
        await sleep(clock, Math.min(longestPauseMs, pauseMs), operation.signal);
      }
    }
  };

  for (let pageToken: PageToken | undefined; ;) {
    const page = await fetch(pageToken);
    const { nextPageToken, totalSize, requestId } = page;
    if (totalSize !== undefined && Math.ceil(totalSize / pageSize) > maxCalls.limit) {
      throw tooManyCalls({ ...maxCalls, needed: Math.ceil(totalSize / pageSize) });
    }
    yield page;
    if (nextPageToken === undefined) return;
    if (seen.has(nextPageToken)) throw repeatingToken(requestId);
    seen.add(nextPageToken);
    pageToken = nextPageToken;
  }
}
