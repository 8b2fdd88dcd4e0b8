import type { Page, PageSource } from '../model/page.ts';
import { listKey, pageKey } from './key.ts';
import type { PagedList } from './paged-list.ts';
import { recordHit } from './record-hit.ts';
import { createSingleFlight } from './single-flight.ts';
import type { Versions } from './versions.ts';

interface ShareInFlightOptions<Question, Item> {
  readonly list: Pick<PagedList<Question, Item>, 'questionKey'>;
  readonly source: PageSource<Question, Item>;
  readonly versions: Pick<Versions, 'of'>;
  /** How long a page may answer after upstream gave it. Default: it is not kept. */
  readonly ttlMs?: number;
}

/**
 * Makes equal requests of one caller that are in flight at the same time one call. A request also joins a call for a larger page of the same place.
 * Stands alone where nothing is kept.
 */
export const shareInFlight = <Question, Item>(
  options: ShareInFlightOptions<Question, Item>,
): PageSource<Question, Item> => {
  const { list, source, versions, ttlMs = 0 } = options;
  const flights = createSingleFlight<Page<Item>>({ forAll: forNobodyAlone });
  return {
    fetchPage(request, operation) {
      const { caller } = operation;
      if (caller === undefined) return source.fetchPage(request, operation);
      const { credentialKey } = caller;
      // Whoever asks after a change joins no call that was made before it.
      const key = `${versions.of(credentialKey)}${pageKey(listKey(credentialKey, list.questionKey(request.question)), request.pageToken)}`;
      return flights.share(
        { key, size: request.pageSize, operation },
        (shared) => source.fetchPage(request, shared),
        (page) => recordHit(operation.report, { atMs: page.fetchedAtMs, ttlMs }),
      );
    },
  };
};

/** A page that several have: none of them can know when the others are done with it. */
const forNobodyAlone = <Item>(page: Page<Item>): Page<Item> =>
  page.dispose === undefined ? page : { ...page, dispose: undefined };
